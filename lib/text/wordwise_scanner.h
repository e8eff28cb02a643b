#pragma once

#include <algorithm>
#include <cstddef>

#include "text/padded_text.h"
#include "text/wordwise_options.h"

namespace finetune::text {

/// Raised where only the plain encoder knows; never leaves the wordwise encoder.
struct NotWordwise {};

/// What the first token of a word begins with, beside the word itself.
enum class WordPrefix {
  kNone,
  kSpace,  ///< the space before the word, made visible
  kAdded,  ///< a visible space that stands for no character of the text
};

/// A word and what is before it. One of no bytes is the end of the text.
struct SpacedWord {
  size_t begin;  ///< in bytes of the text
  size_t length;
  WordPrefix prefix;
  size_t num_lone_spaces;  ///< spaces that are pieces of their own, before that of the prefix

  size_t lone_spaces_end() const { return begin - (prefix == WordPrefix::kSpace ? 1 : 0); }
};

/// Goes through a text word by word, and says what becomes of the spaces between them.
class WordwiseScanner {
 public:
  /// All outlive the scanner. `is_at_start`: `text` is the start of the whole text.
  WordwiseScanner(const PaddedText& text, bool is_at_start, const WordwiseOptions& options)
      : text_(text), is_at_start_(is_at_start), options_(options) {}

  /// The next word; once the last one was given, the end. Throws NotWordwise.
  SpacedWord next() {
    const bool is_first = at_ == 0;
    size_t num_spaces = take_spaces();
    // A run becomes a visible space, which WhitespaceSplit does not cut at.
    if (num_spaces > 1 && options_.splits_first && options_.joins_spaces) throw NotWordwise();
    if (is_first && num_spaces > 0 && options_.prepends_always) throw NotWordwise();
    if (at_ == text_.size()) {
      const bool are_stripped = options_.strips_right || (is_first && options_.strips_left);
      return {at_, 0, WordPrefix::kNone, are_stripped ? 0 : lone_spaces(num_spaces, 1)};
    }
    if (is_first && num_spaces > 0 && options_.strips_left) {
      // The stripped text no longer begins where the whole text does.
      if (options_.prefix == WordwiseOptions::Prefix::kAtStart) throw NotWordwise();
      num_spaces = 0;
    }
    const bool has_space = num_spaces > 0 && !options_.splits_first;
    const SpacedWord word{at_, word_length(), has_space ? WordPrefix::kSpace : first_prefix(),
                          num_spaces > 1 ? lone_spaces(num_spaces - 1, 0) : 0};
    at_ += word.length;
    return word;
  }

 private:
  size_t take_spaces() {
    const size_t begin = at_;
    while (at_ < text_.size() && text_.text()[at_] == ' ') ++at_;
    return at_ - begin;
  }

  /// How many of `count` are pieces; where runs are joined, at most `most_joined`.
  size_t lone_spaces(size_t count, size_t most_joined) const {
    if (count == 0 || options_.splits_first) return 0;
    if (options_.is_one_piece) throw NotWordwise();
    return options_.joins_spaces ? std::min(count, most_joined) : count;
  }

  size_t word_length() const {
    size_t length = 0;
    while (at_ + length < text_.size()) {
      const size_t step = count_until(text_.block(at_ + length), ' ');
      length += step;
      if (step < 16) break;
    }
    return std::min(length, text_.size() - at_);
  }

  WordPrefix first_prefix() const {
    using Prefix = WordwiseOptions::Prefix;
    const bool adds =
        options_.prefix == Prefix::kAlways || (options_.prefix == Prefix::kAtStart && is_at_start_);
    return adds ? WordPrefix::kAdded : WordPrefix::kNone;
  }

  const PaddedText& text_;
  bool is_at_start_;
  const WordwiseOptions& options_;
  size_t at_ = 0;
};

}  // namespace finetune::text
