#include "text/pre_tokenizer.h"

#include <algorithm>
#include <functional>

#include "text/byte_alphabet.h"
#include "text/known_patterns.h"
#include "text/text_pattern.h"
#include "text/unicode.h"
#include "text/unicode_categories.h"
#include "text/utf8.h"

namespace finetune::text {
namespace {

/// Sequences within sequences: deeper ones are refused.
constexpr int kMaxDepth = 16;

bool is_space(char32_t c) { return (char_flags(c) & kSpaceChar) != 0; }
bool is_punctuation(char32_t c) { return (char_flags(c) & kPunctuationChar) != 0; }

/// Calls `split_one(piece, pieces)` for every piece, gathering what it appends.
template <class SplitOne>
void split_each(std::vector<AlignedText>& pieces, const SplitOne& split_one) {
  std::vector<AlignedText> old;
  old.swap(pieces);
  for (AlignedText& piece : old) split_one(piece, pieces);
}

/// Cuts at the matches of a pattern: Split, Punctuation, Digits, WhitespaceSplit, Whitespace and
/// CharDelimiterSplit.
class PatternSplit final : public PreTokenizer {
 public:
  PatternSplit(std::unique_ptr<TextPattern> pattern, SplitRule rule)
      : pattern_(std::move(pattern)), rule_(rule) {}

  void split(std::vector<AlignedText>& pieces) const override {
    std::vector<TextSpan> matches;
    split_each(pieces, [&](const AlignedText& piece, std::vector<AlignedText>& out) {
      pattern_->find(piece.chars(), matches);
      cut(piece, matches, rule_, out);
    });
  }

 private:
  std::unique_ptr<TextPattern> pattern_;
  SplitRule rule_;
};

class ByteLevel final : public PreTokenizer {
 public:
  ByteLevel(bool add_prefix_space, bool use_regex)
      : add_prefix_space_(add_prefix_space),
        pattern_(use_regex ? make_known_pattern(KnownPattern::kGpt2) : nullptr) {}

  void split(std::vector<AlignedText>& pieces) const override {
    std::vector<TextSpan> matches;
    split_each(pieces, [&](AlignedText& piece, std::vector<AlignedText>& out) {
      if (add_prefix_space_ && piece.at(0) != U' ') piece.prepend(U" ");
      if (!pattern_) {
        out.push_back(std::move(piece));
        return;
      }
      pattern_->find(piece.chars(), matches);
      cut(piece, matches, {SplitBehavior::kIsolated, false}, out);
    });
    for (AlignedText& piece : pieces) piece.spell_bytes(byte_alphabet());
  }

 private:
  bool add_prefix_space_;
  std::unique_ptr<TextPattern> pattern_;
};

enum class PrependScheme { kFirst, kNever, kAlways };

class Metaspace final : public PreTokenizer {
 public:
  Metaspace(char32_t replacement, PrependScheme scheme, bool splits)
      : replacement_(replacement), scheme_(scheme), splits_(splits) {}

  void split(std::vector<AlignedText>& pieces) const override {
    split_each(pieces, [&](AlignedText& piece, std::vector<AlignedText>& out) {
      piece.map([this](char32_t c) { return c == U' ' ? replacement_ : c; });
      const bool is_wanted = scheme_ == PrependScheme::kAlways ||
                             (scheme_ == PrependScheme::kFirst && piece.original_begin() == 0);
      if (is_wanted && piece.at(0) != replacement_) piece.prepend({&replacement_, 1});
      if (!splits_) {
        out.push_back(std::move(piece));
        return;
      }
      std::vector<TextSpan> matches;
      for (size_t i = 0; i < piece.size(); ++i) {
        if (piece.at(i) == replacement_) matches.emplace_back(i, i + 1);
      }
      cut(piece, matches, {SplitBehavior::kMergedWithNext, false}, out);
    });
  }

 private:
  char32_t replacement_;
  PrependScheme scheme_;
  bool splits_;
};

class BertPreTokenizer final : public PreTokenizer {
 public:
  void split(std::vector<AlignedText>& pieces) const override {
    split_each(pieces, [](const AlignedText& piece, std::vector<AlignedText>& out) {
      size_t begin = 0;
      const auto finish_word = [&](size_t end) {
        if (begin < end) out.push_back(piece.slice(begin, end));
        begin = end;
      };
      for (size_t i = 0; i < piece.size(); ++i) {
        if (is_space(piece.at(i))) {
          finish_word(i);
          begin = i + 1;
        } else if (is_punctuation(piece.at(i))) {
          finish_word(i);
          finish_word(i + 1);
        }
      }
      finish_word(piece.size());
    });
  }
};

class FixedLength final : public PreTokenizer {
 public:
  explicit FixedLength(size_t length) : length_(length) {}
  void split(std::vector<AlignedText>& pieces) const override {
    split_each(pieces, [this](const AlignedText& piece, std::vector<AlignedText>& out) {
      for (size_t begin = 0; begin < piece.size(); begin += length_) {
        out.push_back(piece.slice(begin, std::min(begin + length_, piece.size())));
      }
    });
  }

 private:
  size_t length_;
};

/// Cuts where the script changes; the Japanese scripts count as Han, spaces and marks as any.
class UnicodeScripts final : public PreTokenizer {
 public:
  void split(std::vector<AlignedText>& pieces) const override {
    split_each(pieces, [](const AlignedText& piece, std::vector<AlignedText>& out) {
      std::optional<uint8_t> last;
      std::optional<size_t> begin;  // nothing before the first character that has a script
      for (size_t i = 0; i < piece.size(); ++i) {
        const uint8_t script = script_group(piece.at(i));
        if (script == kAnyScript) continue;
        if (last != script) {
          if (begin) out.push_back(piece.slice(*begin, i));
          begin = i;
        }
        last = script;
      }
      if (begin) out.push_back(piece.slice(*begin, piece.size()));
    });
  }
};

class Sequence final : public PreTokenizer {
 public:
  explicit Sequence(std::vector<std::unique_ptr<PreTokenizer>> steps) : steps_(std::move(steps)) {}
  void split(std::vector<AlignedText>& pieces) const override {
    for (const auto& step : steps_) step->split(pieces);
  }

 private:
  std::vector<std::unique_ptr<PreTokenizer>> steps_;
};

std::unique_ptr<PreTokenizer> read(const JsonNode& node, int depth);

std::unique_ptr<PreTokenizer> read_sequence(const JsonNode& node, int depth) {
  if (depth == kMaxDepth) node.fail("sequences within sequences, too deep");
  std::vector<std::unique_ptr<PreTokenizer>> steps;
  for (const JsonNode& item : node.at("pretokenizers").items()) {
    steps.push_back(read(item, depth + 1));
  }
  return std::make_unique<Sequence>(std::move(steps));
}

bool flag(const JsonNode& node, std::string_view key, bool otherwise) {
  const std::optional<JsonNode> found = node.find(key);
  return found ? found->boolean() : otherwise;
}

char32_t read_char(const JsonNode& node) {
  const std::u32string text = decode_text(node.string());
  if (text.size() != 1) node.fail("expected a single character");
  return text[0];
}

std::unique_ptr<PreTokenizer> read_metaspace(const JsonNode& node) {
  PrependScheme scheme = PrependScheme::kAlways;
  if (node.has("prepend_scheme")) {
    const std::string& name = node.at("prepend_scheme").one_of({"first", "never", "always"});
    if (name == "first") scheme = PrependScheme::kFirst;
    if (name == "never") scheme = PrependScheme::kNever;
  }
  if (!flag(node, "add_prefix_space", true) && scheme != PrependScheme::kNever) {
    node.fail("add_prefix_space is false, but prepend_scheme is not 'never'");
  }
  return std::make_unique<Metaspace>(read_char(node.at("replacement")), scheme,
                                     flag(node, "split", true));
}

std::unique_ptr<PreTokenizer> split_chars(std::function<bool(char32_t)> is_match,
                                          SplitBehavior behavior) {
  return std::make_unique<PatternSplit>(make_char_pattern(std::move(is_match)),
                                        SplitRule{behavior, false});
}

/// Those that cut at the matches of a pattern.
std::unique_ptr<PreTokenizer> read_pattern_split(const JsonNode& node, const std::string& type) {
  using enum SplitBehavior;
  if (type == "Split") {
    const SplitRule rule{read_split_behavior(node.at("behavior")), node.at("invert").boolean()};
    return std::make_unique<PatternSplit>(read_pattern(node.at("pattern")), rule);
  }
  if (type == "Whitespace") {
    return std::make_unique<PatternSplit>(make_known_pattern(KnownPattern::kWords),
                                          SplitRule{kRemoved, true});
  }
  if (type == "WhitespaceSplit") return split_chars(is_space, kRemoved);
  if (type == "CharDelimiterSplit") {
    const char32_t delimiter = read_char(node.at("delimiter"));
    return split_chars([delimiter](char32_t c) { return c == delimiter; }, kRemoved);
  }
  if (type == "Digits") {
    const bool is_individual = node.at("individual_digits").boolean();
    return split_chars([](char32_t c) { return (char_properties(c) & kNumericChar) != 0; },
                       is_individual ? kIsolated : kContiguous);
  }
  const bool has_behavior = node.has("behavior");  // Punctuation
  return split_chars(is_punctuation,
                     has_behavior ? read_split_behavior(node.at("behavior")) : kIsolated);
}

std::unique_ptr<PreTokenizer> read(const JsonNode& node, int depth) {
  const std::string& type = node.at("type").one_of(
      {"BertPreTokenizer", "ByteLevel", "CharDelimiterSplit", "Digits", "FixedLength", "Metaspace",
       "Punctuation", "Sequence", "Split", "UnicodeScripts", "Whitespace", "WhitespaceSplit"});
  if (type == "Sequence") return read_sequence(node, depth);
  if (type == "BertPreTokenizer") return std::make_unique<BertPreTokenizer>();
  if (type == "Metaspace") return read_metaspace(node);
  if (type == "UnicodeScripts") return std::make_unique<UnicodeScripts>();
  if (type == "ByteLevel") {
    node.at("trim_offsets").boolean();
    return std::make_unique<ByteLevel>(node.at("add_prefix_space").boolean(),
                                       !node.has("use_regex") || node.at("use_regex").boolean());
  }
  if (type == "FixedLength") {
    const bool has_length = node.has("length");
    return std::make_unique<FixedLength>(
        has_length ? static_cast<size_t>(node.at("length").integer(1, INT64_MAX)) : 5);
  }
  return read_pattern_split(node, type);
}

}  // namespace

std::unique_ptr<PreTokenizer> read_pre_tokenizer(const JsonNode& node) { return read(node, 0); }

}  // namespace finetune::text
