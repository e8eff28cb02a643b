#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "text/bert_normalizer.h"
#include "text/token_buffer.h"
#include "text/word_collector.h"
#include "text/wordpiece.h"

namespace finetune::text {

/// BertNormalizer, BertPreTokenizer and WordPiece as one pass over the bytes of a text: runs of
/// ASCII letters are cut, lower-cased and looked up 16 bytes at a time, other characters go one by
/// one through a CharTable, and the few texts whose characters depend on each other through
/// normalize(). Immutable.
class BertScanner {
 public:
  /// `model` must outlive the scanner.
  BertScanner(const WordPiece& model, const BertNormalizerOptions& options);

  /// A piece of a text without added tokens; `first_char` is the code-point index of its start.
  struct Segment {
    std::string_view text;
    int32_t first_char;
  };

  /// Appends the tokens of `segment`.
  void scan(Segment segment, bool want_offsets, WordCollector& words, TokenBuffer& out) const;

  /// The tokens of characters [begin, end) of an already normalised text.
  void scan_normalized(const AlignedText& text, CharRange range, WordCollector& words) const;

  const BertNormalizerOptions& options() const { return options_; }

 private:
  template <bool kWantOffsets>
  struct Pass;

  const WordPiece& model_;
  BertNormalizerOptions options_;
  CharTable table_;
  std::array<CharKind, 256> kind_of_byte_;  ///< lead bytes above 0x7F count as kMany
  std::array<int32_t, 128> punctuation_id_;
};

}  // namespace finetune::text
