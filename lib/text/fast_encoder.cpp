#include "text/fast_encoder.h"

#include <algorithm>
#include <array>

#include "text/bpe.h"
#include "text/byte_bpe_encoder.h"
#include "text/byte_tokens.h"
#include "text/known_patterns.h"
#include "text/wordwise_encoder.h"

namespace finetune::text {
namespace {

constexpr std::string_view kMetaspace = "\xE2\x96\x81";

std::optional<WordRule> rule_of(std::string_view regex) {
  const std::optional<KnownPattern> pattern = find_known_pattern(regex);
  if (!pattern) return std::nullopt;
  switch (*pattern) {
    case KnownPattern::kGpt2:
      return WordRule::kGpt2;
    case KnownPattern::kLlama3:
      return WordRule::kLlama3;
    case KnownPattern::kQwen2:
      return WordRule::kQwen2;
    default:
      return std::nullopt;
  }
}

/// "" where an old file does not say: then no faster way is looked for.
std::string type_of(const JsonNode& node) {
  const auto type = node.find("type");
  return type ? type->string() : "";
}

bool is_of_type(const JsonNode& node, std::string_view type) { return type_of(node) == type; }

bool uses_regex(const JsonNode& byte_level) {
  const auto given = byte_level.find("use_regex");
  return !given || given->boolean();
}

/// A Split by the expression of the words, then ByteLevel for the alphabet only.
std::optional<ByteBpeOptions> byte_bpe_of_pair(const std::vector<JsonNode>& items) {
  if (items.size() != 2 || !is_of_type(items[0], "Split") || !is_of_type(items[1], "ByteLevel")) {
    return std::nullopt;
  }
  const JsonNode& split = items[0];
  const JsonNode pattern = split.at("pattern");
  const bool isolates =
      split.at("behavior").string() == "Isolated" && !split.at("invert").boolean();
  const bool only_maps = !uses_regex(items[1]) && !items[1].at("add_prefix_space").boolean();
  if (!isolates || !only_maps || !pattern.has("Regex")) return std::nullopt;
  const std::optional<WordRule> words = rule_of(pattern.at("Regex").string());
  if (!words) return std::nullopt;
  return ByteBpeOptions{*words, false};
}

std::optional<ByteBpeOptions> find_byte_bpe(const JsonNode& root) {
  const std::optional<JsonNode> node = root.find("pre_tokenizer");
  if (!node || root.find("normalizer")) return std::nullopt;
  if (is_of_type(*node, "Sequence")) return byte_bpe_of_pair(node->at("pretokenizers").items());
  if (!is_of_type(*node, "ByteLevel") || !uses_regex(*node)) return std::nullopt;
  return ByteBpeOptions{WordRule::kGpt2, node->at("add_prefix_space").boolean()};
}

/// What one step of the normalizer does to spaces; false where a step is not known to look no
/// further than the neighbouring character.
bool follow_normalizer(const JsonNode& node, WordwiseOptions& options) {
  const std::string type = type_of(node);
  if (type == "Sequence") {
    const std::vector<JsonNode> items = node.at("normalizers").items();
    return std::all_of(items.begin(), items.end(),
                       [&](const JsonNode& item) { return follow_normalizer(item, options); });
  }
  if (type == "Strip") {
    if (options.joins_spaces) return false;  // a run may now begin with what is no white space
    options.strips_left = options.strips_left || node.at("strip_left").boolean();
    options.strips_right = options.strips_right || node.at("strip_right").boolean();
    return true;
  }
  if (type == "Replace") {
    const JsonNode pattern = node.at("pattern");
    if (pattern.has("Regex")) {
      const std::string& content = node.at("content").string();
      options.joins_spaces = true;
      return pattern.at("Regex").string() == " {2,}" && (content == " " || content == kMetaspace);
    }
    const std::string& letters = pattern.at("String").string();
    options.unsafe_letters += letters;
    return !letters.empty() && letters.find(' ') == std::string::npos;
  }
  static constexpr std::array<std::string_view, 8> kLocal = {
      "Precompiled", "NFC", "NFD", "NFKC", "NFKD", "Nmt", "StripAccents", "Lowercase"};
  return std::find(kLocal.begin(), kLocal.end(), type) != kLocal.end();
}

/// Metaspace that splits, alone or behind WhitespaceSplit.
bool follow_metaspace(const JsonNode& node, WordwiseOptions& options) {
  if (is_of_type(node, "Sequence")) {
    const std::vector<JsonNode> items = node.at("pretokenizers").items();
    options.splits_first = true;
    return items.size() == 2 && is_of_type(items[0], "WhitespaceSplit") &&
           is_of_type(items[1], "Metaspace") && follow_metaspace(items[1], options);
  }
  if (!is_of_type(node, "Metaspace") || node.at("replacement").string() != kMetaspace) return false;
  const auto split = node.find("split");
  if ((split && !split->boolean()) != options.is_one_piece) return false;
  using Prefix = WordwiseOptions::Prefix;
  const auto scheme = node.find("prepend_scheme");
  options.prefix = Prefix::kAlways;
  if (!scheme || scheme->string() == "always") return true;
  options.prefix = scheme->string() == "first" ? Prefix::kAtStart : Prefix::kNever;
  return !options.splits_first;
}

/// No character vanishes for want of a token, which would shift the offsets of those behind it.
bool keeps_every_char(const Bpe& model) {
  if (model.options().unknown_token) return true;
  const std::vector<int32_t> byte_ids = byte_token_ids(model.vocabulary());
  return model.options().byte_fallback &&
         std::all_of(byte_ids.begin(), byte_ids.end(), [](int32_t id) { return id >= 0; });
}

/// True when no merge takes in a space behind something else: then words are merged independently.
bool keeps_words_apart(const Bpe& model) {
  const BpeOptions& options = model.options();
  const Vocabulary& vocabulary = model.vocabulary();
  if (options.ignore_merges || !options.continuing_prefix.empty() || !options.word_suffix.empty() ||
      !vocabulary.id_of(kMetaspace) || !keeps_every_char(model)) {
    return false;
  }
  for (int32_t id = 0; id < vocabulary.id_limit(); ++id) {
    const std::string_view token = vocabulary.token(id);
    size_t leading = 0;
    while (token.substr(leading).starts_with(kMetaspace)) leading += kMetaspace.size();
    if (token.find(kMetaspace, leading) != std::string_view::npos) return false;
  }
  return true;
}

/// How often a normalizer prepends the space mark, and puts it in the place of spaces.
struct SpaceRewriting {
  int num_prefixes = 0;
  int num_replacements = 0;
};

/// False where a step does anything else.
bool follow_space_rewriting(const JsonNode& node, SpaceRewriting& found) {
  const std::string type = type_of(node);
  if (type == "Sequence") {
    const std::vector<JsonNode> items = node.at("normalizers").items();
    return std::all_of(items.begin(), items.end(),
                       [&](const JsonNode& item) { return follow_space_rewriting(item, found); });
  }
  if (type == "Prepend") {
    ++found.num_prefixes;
    return node.at("prepend").string() == kMetaspace;
  }
  if (type != "Replace" || !node.at("pattern").has("String")) return false;
  ++found.num_replacements;
  return node.at("pattern").at("String").string() == " " &&
         node.at("content").string() == kMetaspace;
}

/// Llama 2's normalizer: all spaces become visible, and there may be one prefix.
bool makes_spaces_visible(const JsonNode& node, WordwiseOptions& options) {
  SpaceRewriting found;
  if (!follow_space_rewriting(node, found)) return false;
  if (found.num_prefixes > 1 || found.num_replacements == 0) return false;
  options.prepends_always = found.num_prefixes == 1;
  if (options.prepends_always) options.prefix = WordwiseOptions::Prefix::kAlways;
  return true;
}

/// Spaces become visible in the normalizer or in Metaspace, and nothing is split.
std::unique_ptr<SegmentEncoder> find_one_piece(const JsonNode& root, const Bpe& model) {
  const std::optional<JsonNode> normalizer = root.find("normalizer");
  const std::optional<JsonNode> pre_tokenizer = root.find("pre_tokenizer");
  WordwiseOptions options;
  options.is_one_piece = true;
  options.prefix = WordwiseOptions::Prefix::kNever;
  if (normalizer.has_value() == pre_tokenizer.has_value()) return nullptr;
  if (normalizer && !makes_spaces_visible(*normalizer, options)) return nullptr;
  if (pre_tokenizer) {
    if (!is_of_type(*pre_tokenizer, "Metaspace")) return nullptr;
    const auto split = pre_tokenizer->find("split");
    if (!split || split->boolean() || !follow_metaspace(*pre_tokenizer, options)) return nullptr;
  }
  if (!keeps_words_apart(model)) return nullptr;
  return make_wordwise_encoder({normalizer ? read_normalizer(*normalizer) : nullptr,
                                pre_tokenizer ? read_pre_tokenizer(*pre_tokenizer) : nullptr, model,
                                options});
}

std::unique_ptr<SegmentEncoder> find_wordwise(const JsonNode& root, const TokenModel& model) {
  const std::optional<JsonNode> normalizer = root.find("normalizer");
  const std::optional<JsonNode> pre_tokenizer = root.find("pre_tokenizer");
  WordwiseOptions options;
  if (normalizer && !follow_normalizer(*normalizer, options)) return nullptr;
  if (!pre_tokenizer || !follow_metaspace(*pre_tokenizer, options)) return nullptr;
  // Spaces that other characters become join with those beside them before words are cut.
  if (options.splits_first && options.joins_spaces) return nullptr;
  return make_wordwise_encoder({normalizer ? read_normalizer(*normalizer) : nullptr,
                                read_pre_tokenizer(*pre_tokenizer), model, options});
}

}  // namespace

std::unique_ptr<SegmentEncoder> make_fast_encoder(const JsonNode& root, const TokenModel& model) {
  if (const auto* bpe = dynamic_cast<const Bpe*>(&model)) {
    if (const auto options = find_byte_bpe(root)) return make_byte_bpe_encoder(*bpe, *options);
    if (auto encoder = find_one_piece(root, *bpe)) return encoder;
  }
  return find_wordwise(root, model);
}

}  // namespace finetune::text
