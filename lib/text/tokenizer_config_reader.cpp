#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/files.h"
#include "base/json.h"
#include "base/mapped_file.h"
#include "base/strings.h"
#include "text/json_node.h"
#include "text/json_scanner.h"
#include "text/tokenizer_config.h"
#include "text/vocabulary.h"

namespace finetune::text {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::string_view kMainFile = "tokenizer_config.json";
constexpr std::string_view kDocument = "tokenizer.json";

constexpr std::array kBertClasses = {"BertTokenizer",
                                     "ConvBertTokenizer",
                                     "DistilBertTokenizer",
                                     "ElectraTokenizer",
                                     "FunnelTokenizer",
                                     "LayoutLMTokenizer",
                                     "LxmertTokenizer",
                                     "MobileBertTokenizer",
                                     "RetriBertTokenizer",
                                     "SqueezeBertTokenizer",
                                     "DPRContextEncoderTokenizer",
                                     "DPRQuestionEncoderTokenizer",
                                     "DPRReaderTokenizer"};

bool read_flag(const JsonNode& node, std::string_view key, bool otherwise) {
  const std::optional<JsonNode> found = node.find(key);
  return found ? found->boolean() : otherwise;
}

AddedToken read_attributes(const JsonNode& node, bool special) {
  AddedToken token{node.at("content").string()};
  token.special = read_flag(node, "special", special);
  token.single_word = read_flag(node, "single_word", false);
  token.lstrip = read_flag(node, "lstrip", false);
  token.rstrip = read_flag(node, "rstrip", false);
  token.normalized = read_flag(node, "normalized", !token.special);
  return token;
}

/// The text of the list "added_tokens" of a document, without a look at the large tables behind it;
/// "[]" where there is none.
std::string_view find_added_tokens(std::string_view document) {
  JsonScanner scanner(document);
  scanner.expect('{');
  if (scanner.accept('}')) return "[]";
  do {
    const bool is_found = scanner.string() == "added_tokens";
    scanner.expect(':');
    scanner.peek();
    const size_t begin = scanner.position();
    scanner.skip_value();
    if (is_found) return document.substr(begin, scanner.position() - begin);
  } while (scanner.accept(','));
  return "[]";
}

/// A tokenizer.json of which all but the added tokens may be left out.
json read_document(const fs::path& file) {
  const base::MappedFile mapped(file);
  try {
    const std::string_view list = find_added_tokens(mapped.text());
    return base::parse_json(base::cat("{\"added_tokens\":", list, "}"), file.string());
  } catch (const NotPlainJson&) {
  } catch (const Error&) {
  }
  return base::parse_json(mapped.text(), file.string());  // which says what is wrong, and where
}

}  // namespace

/// Fills a TokenizerConfig file by file.
class TokenizerConfigReader {
 public:
  explicit TokenizerConfigReader(const fs::path& folder) : folder_(folder) {}

  TokenizerConfig read() {
    bool lists_added_tokens = false;
    const bool has_main = with_file(kMainFile, [&](const JsonNode& root) {
      read_main(root);
      lists_added_tokens = root.find("added_tokens_decoder").has_value();
    });
    config_.exists_ = has_main;
    if (config_.class_name_.empty()) {
      with_file("config.json", [&](const JsonNode& root) { read_class_of_model(root); });
    }
    if (!lists_added_tokens) {
      with_file("special_tokens_map.json", [&](const JsonNode& root) { read_specials(root); });
      with_file("added_tokens.json", [&](const JsonNode& root) { read_added_ids(root); });
    }
    if (!lists_added_tokens) {
      with_file(kDocument, [&](const JsonNode& root) { read_document_tokens(root); });
    }
    return std::move(config_);
  }

 private:
  using SpecialToken = TokenizerConfig::SpecialToken;

  /// Calls `body` with the root of folder/name, if that file exists.
  template <class Body>
  bool with_file(std::string_view name, const Body& body) {
    const fs::path file = folder_ / name;
    if (!fs::exists(file)) return false;
    json value = name == kDocument ? read_document(file) : base::read_json_file(file);
    with_context(base::cat("reading ", base::quote(file.string())), [&] { body(JsonNode(value)); });
    if (name == kMainFile) config_.main_ = std::make_shared<const json>(std::move(value));
    return true;
  }

  void read_main(const JsonNode& root) {
    config_.normalizer_.lowercase = read_flag(root, "do_lower_case", true);
    config_.normalizer_.handle_chinese_chars = read_flag(root, "tokenize_chinese_chars", true);
    if (const auto node = root.find("strip_accents")) {
      config_.normalizer_.strip_accents = node->boolean();
    }
    if (const auto node = root.find("tokenizer_class")) {
      set_class(node->string());
    }
    if (root.has("split_special_tokens")) {
      config_.splits_specials_ = root.at("split_special_tokens").boolean();
    }
    if (root.has("truncation_side")) {
      const std::string& side = root.at("truncation_side").one_of({"right", "left"});
      config_.truncation_side_ = side == "left" ? TruncationSide::kLeft : TruncationSide::kRight;
    }
    read_specials(root);
    if (root.has("extra_special_tokens")) read_extra_specials(root.at("extra_special_tokens"));
    if (const auto node = root.find("added_tokens_decoder")) read_added_tokens(*node);
  }

  void set_class(std::string name) {
    if (name.ends_with("Fast")) name.resize(name.size() - 4);
    config_.is_bert_class_ =
        std::find(kBertClasses.begin(), kBertClasses.end(), name) != kBertClasses.end();
    config_.class_name_ = std::move(name);
  }

  void read_class_of_model(const JsonNode& root) {
    if (const auto node = root.find("tokenizer_class")) {
      set_class(node->string());
    } else if (const auto type = root.find("model_type")) {
      config_.model_type_ = type->string();
      set_class(std::string(tokenizer_class_of(config_.model_type_)));
    }
    config_.exists_ = config_.exists_ || config_.known_class() != nullptr;
  }

  void read_specials(const JsonNode& root) {
    for (const char* key : kSpecialKeys) {
      const auto known = config_.specials_.find(key);
      const bool is_final = known != config_.specials_.end() && known->second.is_final;
      if (!root.has(key) || is_final) continue;
      const JsonNode node = root.at(key);
      config_.specials_.erase(key);
      config_.without_.erase(key);
      if (node.is_null()) {
        config_.without_.insert(key);
      } else {
        config_.specials_[key] = read_special(node);
      }
    }
    if (const auto list = root.find("additional_special_tokens")) {
      for (const JsonNode& node : list->items()) {
        const SpecialToken token = read_special(node);
        const auto known = std::ranges::find_if(
            config_.additional_,
            [&](const SpecialToken& other) { return other.token.content == token.token.content; });
        if (known == config_.additional_.end()) {
          config_.additional_.push_back(token);
        } else if (token.has_attributes) {
          *known = token;  // of two the last counts
        }
      }
    }
  }

  /// Tokens of a model's own, by roles that transformers does not know ("image_token"). They are
  /// added in the order of the file, which JsonNode does not keep.
  void read_extra_specials(const JsonNode& node) {
    node.members();
    const auto file = nlohmann::ordered_json::parse(base::read_file(folder_ / kMainFile));
    for (const auto& [role, unused] : file.at("extra_special_tokens").items()) {
      const JsonNode token = node.at(role);
      SpecialToken special{{.content = "", .special = true}, token.has("content"), true};
      if (special.has_attributes) {
        if (!token.has("__type")) token.fail("attributes need \"__type\": \"AddedToken\"");
        special.token = read_attributes(token, false);
        special.token.special = true;
      } else {
        special.token.content = token.string();
      }
      const bool is_role = std::ranges::find(kSpecialKeys, role) != kSpecialKeys.end();
      (is_role ? config_.specials_[role] : config_.extra_.emplace_back()) = std::move(special);
    }
  }

  static SpecialToken read_special(const JsonNode& node) {
    if (node.has("content")) return {read_attributes(node, true), true};
    AddedToken token{node.string()};
    token.special = true;
    return {token, false};
  }

  void read_added_tokens(const JsonNode& node) {
    for (const auto& [id, token] : node.members()) {
      const std::optional<int64_t> number = base::parse_int64(id);
      if (!number || *number < 0) token.fail(base::cat(base::quote(id), " is not a token id"));
      config_.added_[*number] = read_attributes(token, false);
    }
    take_attributes();
  }

  /// The list of a tokenizer.json.
  void read_document_tokens(const JsonNode& root) {
    const auto list = root.find("added_tokens");
    if (!list) return;
    for (const JsonNode& token : list->items()) {
      const int64_t id = token.at("id").integer(0, Vocabulary::kMaxIds - 1);
      config_.added_[id] = read_attributes(token, false);
    }
    take_attributes();
  }

  /// Special tokens are as the list of added tokens has them.
  void take_attributes() {
    for (auto& [key, special] : config_.specials_) {
      if (special.is_final) continue;
      for (const auto& [id, token] : config_.added_) {
        if (token.content == special.token.content) special = {token, true};
      }
    }
  }

  /// added_tokens.json: content and id.
  void read_added_ids(const JsonNode& root) {
    for (const auto& [content, id] : root.members()) {
      AddedToken token{content};
      token.special = is_special(content);
      token.normalized = !token.special;
      config_.added_[id.integer(0, Vocabulary::kMaxIds - 1)] = token;
    }
  }

  bool is_special(const std::string& content) const {
    const std::vector<const SpecialToken*> specials = config_.specials_in_order();
    return std::any_of(specials.begin(), specials.end(),
                       [&](const SpecialToken* known) { return known->token.content == content; });
  }

  fs::path folder_;
  TokenizerConfig config_;
};

TokenizerConfig TokenizerConfig::read(const fs::path& folder) {
  return TokenizerConfigReader(folder).read();
}

}  // namespace finetune::text
