#include "text/post_processor_json.h"

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>

#include "base/strings.h"
#include "text/vocabulary.h"

namespace finetune::text {
namespace {

using Source = TemplatePiece::Source;

constexpr int64_t kLargestId = Vocabulary::kMaxIds - 1;

std::vector<int32_t> read_special_ids(const JsonNode& root, const std::string& name,
                                      const JsonNode& piece) {
  const JsonNode specials = root.at("special_tokens");
  if (!specials.has(name)) {
    piece.fail(base::cat("the special token ", base::quote(name), " is not in special_tokens"));
  }
  std::vector<int32_t> ids;
  for (const JsonNode& id : specials.at(name).at("ids").items()) {
    ids.push_back(static_cast<int32_t>(id.integer(0, kLargestId)));
  }
  return ids;
}

PostProcessor::Template read_template(const JsonNode& root, std::string_view key, bool is_pair) {
  PostProcessor::Template pieces;
  for (const JsonNode& node : root.at(key).items()) {
    TemplatePiece piece;
    const bool is_special = node.has("SpecialToken");
    const JsonNode body = is_special ? node.at("SpecialToken") : node.at("Sequence");
    piece.type_id = static_cast<int32_t>(body.at("type_id").integer(0, INT32_MAX));
    const std::string& id = body.at("id").string();
    if (is_special) {
      piece.source = Source::kSpecial;
      piece.special_ids = read_special_ids(root, id, body);
    } else if (id == "A") {
      piece.source = Source::kFirst;
    } else if (id == "B" && is_pair) {
      piece.source = Source::kSecond;
    } else {
      body.at("id").fail(base::cat("there is no sequence ", base::quote(id), " here"));
    }
    const auto is_same = [&](const TemplatePiece& other) { return other.source == piece.source; };
    if (!is_special && std::any_of(pieces.begin(), pieces.end(), is_same)) {
      body.at("id").fail(base::cat("the sequence ", base::quote(id), " is here twice"));
    }
    pieces.push_back(std::move(piece));
  }
  return pieces;
}

/// BertProcessing and RobertaProcessing name one token each: ["[SEP]", 102].
TemplatePiece read_token_pair(const JsonNode& node, int32_t type_id) {
  const std::vector<JsonNode> items = node.items();
  if (items.size() != 2) node.fail("expected a token and its id");
  items[0].string();
  const auto id = static_cast<int32_t>(items[1].integer(0, kLargestId));
  return {Source::kSpecial, type_id, {id}};
}

/// `tokenizers` tells BertProcessing from RobertaProcessing by their keys, whatever their type
/// says.
bool has_keys_of_roberta(const JsonNode& node) {
  const auto has_flag = [&](const char* key) {
    return node.has(key) && node.at(key).value().is_boolean();
  };
  return has_flag("trim_offsets") && has_flag("add_prefix_space");
}

/// Gathers the processors of a sequence: any number that trim offsets, at most one that adds
/// special tokens.
class Reader {
 public:
  void read(const JsonNode& node, int depth) {
    const std::string type = node.type(
        {"TemplateProcessing", "BertProcessing", "RobertaProcessing", "ByteLevel", "Sequence"},
        {{"BertProcessing", {"sep", "cls"}},
         {"TemplateProcessing", {"single", "pair", "special_tokens"}}});
    if (type == "Sequence") {
      if (depth == kMaxDepth) node.fail("sequences within sequences, too deep");
      for (const JsonNode& item : node.at("processors").items()) read(item, depth + 1);
    } else if (type == "ByteLevel") {
      read_trim(node);
      if (node.has("use_regex")) node.at("use_regex").boolean();
    } else {
      if (has_template_) node.fail("special tokens are added by an earlier processor already");
      read_specials(node, type);
      has_template_ = true;
    }
  }

  PostProcessor finish() {
    PostProcessor result =
        has_template_ ? PostProcessor(std::move(single_), std::move(pair_)) : PostProcessor();
    for (const OffsetTrim& trim : trims_) result.add_trim(trim);
    if (is_roberta_) result.set_types_in_windows();
    return result;
  }

 private:
  static constexpr int kMaxDepth = 16;

  void read_trim(const JsonNode& node) {
    const bool add_prefix_space = node.at("add_prefix_space").boolean();
    if (!node.at("trim_offsets").boolean()) return;
    trims_.push_back({add_prefix_space, is_bert_ || is_roberta_, is_roberta_});
  }

  void read_specials(const JsonNode& node, const std::string& type) {
    if (type == "TemplateProcessing") {
      single_ = read_template(node, "single", false);
      pair_ = read_template(node, "pair", true);
      return;
    }
    const bool is_roberta = has_keys_of_roberta(node);
    const int32_t second_type = is_roberta ? 0 : 1;
    const TemplatePiece cls = read_token_pair(node.at("cls"), 0);
    const TemplatePiece sep = read_token_pair(node.at("sep"), 0);
    const TemplatePiece second_sep = read_token_pair(node.at("sep"), second_type);
    if (is_roberta) read_trim(node);
    (is_roberta ? is_roberta_ : is_bert_) = true;
    single_ = {cls, {Source::kFirst, 0}, sep};
    pair_ = single_;
    if (is_roberta) pair_.push_back(sep);
    pair_.push_back({Source::kSecond, second_type});
    pair_.push_back(second_sep);
  }

  PostProcessor::Template single_, pair_;
  std::vector<OffsetTrim> trims_;
  bool has_template_ = false;
  bool is_bert_ = false;
  bool is_roberta_ = false;
};

}  // namespace

PostProcessor read_post_processor(const JsonNode& node) {
  Reader reader;
  reader.read(node, 0);
  return reader.finish();
}

}  // namespace finetune::text
