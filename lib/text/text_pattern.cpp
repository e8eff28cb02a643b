#include "text/text_pattern.h"

#include <algorithm>

#include "text/regex_pattern.h"
#include "text/utf8.h"

namespace finetune::text {
namespace {

class CharPattern final : public TextPattern {
 public:
  explicit CharPattern(std::function<bool(char32_t)> is_match) : is_match_(std::move(is_match)) {}

  void find(std::u32string_view text, std::vector<TextSpan>& matches) const override {
    matches.clear();
    for (size_t i = 0; i < text.size(); ++i) {
      if (is_match_(text[i])) matches.emplace_back(i, i + 1);
    }
  }

 private:
  std::function<bool(char32_t)> is_match_;
};

class LiteralPattern final : public TextPattern {
 public:
  explicit LiteralPattern(std::u32string literal) : literal_(std::move(literal)) {}

  void find(std::u32string_view text, std::vector<TextSpan>& matches) const override {
    matches.clear();
    const size_t step = std::max<size_t>(literal_.size(), 1);
    for (size_t at = text.find(literal_); at != std::u32string_view::npos;
         at = text.find(literal_, at + step)) {
      matches.emplace_back(at, at + literal_.size());
    }
  }

 private:
  std::u32string literal_;
};

/// A stretch of a text between or at the borders of matches.
struct Stretch {
  TextSpan span;
  bool is_match;
};

std::vector<Stretch> cover(size_t size, const std::vector<TextSpan>& matches, bool is_inverted) {
  std::vector<Stretch> stretches;
  size_t done = 0;
  for (const TextSpan& match : matches) {
    if (done != match.first) stretches.push_back({{done, match.first}, is_inverted});
    stretches.push_back({match, !is_inverted});
    done = match.second;
  }
  if (done != size) stretches.push_back({{done, size}, is_inverted});
  return stretches;
}

/// Joins a stretch to the one before it where `joins(before, this)`. What comes before the first
/// counts as no match.
template <class Joins>
std::vector<TextSpan> join_stretches(const std::vector<Stretch>& stretches, const Joins& joins) {
  std::vector<TextSpan> spans;
  bool previous = false;
  for (const Stretch& stretch : stretches) {
    if (!spans.empty() && joins(previous, stretch.is_match)) {
      spans.back().first = std::min(spans.back().first, stretch.span.first);
      spans.back().second = std::max(spans.back().second, stretch.span.second);
    } else {
      spans.push_back(stretch.span);
    }
    previous = stretch.is_match;
  }
  return spans;
}

bool is_lone_match(bool previous, bool current) { return current && !previous; }

std::vector<TextSpan> arrange(std::vector<Stretch> stretches, SplitBehavior behavior) {
  std::vector<TextSpan> spans;
  switch (behavior) {
    case SplitBehavior::kContiguous:
      return join_stretches(stretches, [](bool previous, bool now) { return previous == now; });
    case SplitBehavior::kMergedWithPrevious:
      return join_stretches(stretches, is_lone_match);
    case SplitBehavior::kMergedWithNext:
      std::reverse(stretches.begin(), stretches.end());
      spans = join_stretches(stretches, is_lone_match);
      std::reverse(spans.begin(), spans.end());
      return spans;
    case SplitBehavior::kIsolated:
    case SplitBehavior::kRemoved:
      break;
  }
  for (const Stretch& stretch : stretches) {
    const bool is_removed = behavior == SplitBehavior::kRemoved && stretch.is_match;
    if (!is_removed) spans.push_back(stretch.span);
  }
  return spans;
}

}  // namespace

std::unique_ptr<TextPattern> make_char_pattern(std::function<bool(char32_t)> is_match) {
  return std::make_unique<CharPattern>(std::move(is_match));
}

std::unique_ptr<TextPattern> make_literal_pattern(std::u32string literal) {
  return std::make_unique<LiteralPattern>(std::move(literal));
}

std::unique_ptr<TextPattern> read_pattern(const JsonNode& node) {
  if (node.members().size() != 1) node.fail("expected one key, 'String' or 'Regex'");
  if (node.has("String")) return make_literal_pattern(decode_text(node.at("String").string()));
  return read_regex(node.at("Regex"));
}

SplitBehavior read_split_behavior(const JsonNode& node) {
  const std::string& name =
      node.one_of({"Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous"});
  if (name == "Removed") return SplitBehavior::kRemoved;
  if (name == "Isolated") return SplitBehavior::kIsolated;
  if (name == "MergedWithPrevious") return SplitBehavior::kMergedWithPrevious;
  if (name == "MergedWithNext") return SplitBehavior::kMergedWithNext;
  return SplitBehavior::kContiguous;
}

void cut(const AlignedText& text, const std::vector<TextSpan>& matches, const SplitRule& rule,
         std::vector<AlignedText>& pieces) {
  const auto stretches = cover(text.size(), matches, rule.is_inverted);
  for (const auto& [begin, end] : arrange(stretches, rule.behavior)) {
    if (begin < end) pieces.push_back(text.slice(begin, end));
  }
}

}  // namespace finetune::text
