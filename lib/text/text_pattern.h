#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "text/aligned_text.h"
#include "text/json_node.h"

namespace finetune::text {

/// What a text is searched for. Immutable, usable from many threads.
class TextPattern {
 public:
  virtual ~TextPattern() = default;

  /// Replaces `matches` by all matches in `text`, from left to right, none overlapping another;
  /// they may be empty, but not where the one before ends.
  virtual void find(std::u32string_view text, std::vector<TextSpan>& matches) const = 0;
};

/// Every character that `is_match` is true for.
std::unique_ptr<TextPattern> make_char_pattern(std::function<bool(char32_t)> is_match);

/// Every occurrence of `literal`; of the empty one, every place between characters.
std::unique_ptr<TextPattern> make_literal_pattern(std::u32string literal);

/// Reads {"String": "..."} or {"Regex": "..."}. Throws CheckpointError naming the JSON path.
std::unique_ptr<TextPattern> read_pattern(const JsonNode& node);

/// What becomes of a match when a text is cut, "the-final--countdown" at "-" for example:
enum class SplitBehavior {
  kRemoved,             ///< the, final, countdown
  kIsolated,            ///< the, -, final, -, -, countdown
  kMergedWithPrevious,  ///< the-, final-, -, countdown
  kMergedWithNext,      ///< the, -final, -, -countdown
  kContiguous,          ///< the, -, final, --, countdown
};

SplitBehavior read_split_behavior(const JsonNode& node);

struct SplitRule {
  SplitBehavior behavior = SplitBehavior::kIsolated;
  bool is_inverted = false;  ///< what lies between the matches counts as the matches
};

/// Appends the pieces of `text`, cut at `matches`; empty ones are left out.
void cut(const AlignedText& text, const std::vector<TextSpan>& matches, const SplitRule& rule,
         std::vector<AlignedText>& pieces);

}  // namespace finetune::text
