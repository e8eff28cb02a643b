#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "text/normalizer.h"
#include "text/segment_encoder.h"
#include "text/wordpiece.h"
#include "text/wordwise_options.h"
#include "text/wordwise_scanner.h"

namespace finetune::text {

/// Where a token of a word stands.
struct TokenPlace {
  int32_t begin;  ///< in characters of the text, from the start of the word on
  int32_t end;
  bool starts_piece;  ///< of the pre-tokenizer

  bool operator==(const TokenPlace&) const = default;
};
using WordLayout = std::vector<TokenPlace>;  ///< [tokens of the word]

/// Finds out, by the plain encoder, how a word is cut wherever it stands between spaces.
class WordLearner {
 public:
  /// All outlive the learner; `normalizer` may be null.
  WordLearner(const SegmentEncoder& plain, const Normalizer* normalizer,
              const WordwiseOptions& options)
      : plain_(plain), normalizer_(normalizer), options_(options) {}

  /// Words that hold one of these bytes once they are normalised are not learnt.
  void avoid(std::string_view bytes) { avoided_ = bytes; }

  /// The tokens and the bytes of the word at which they end. All these are kUnknownEnd where the
  /// tokens do not simply follow one another, the first with its prefix. No tokens where the word
  /// is cut differently in different places. `has_prefix`: a space before it, or what counts as
  /// one.
  std::vector<Piece> learn(std::string_view word, bool has_prefix) const;

  /// Where the tokens stand; none where this differs from place to place.
  WordLayout lay_out(std::string_view word, WordPrefix prefix) const;

 private:
  /// What stands around the word. Without a word before it, it begins the segment.
  struct Frame {
    bool has_word_before;
    bool has_word_behind;
    bool is_at_start;  ///< the segment begins the whole text
  };
  /// The neighbours without the word between them.
  struct Neighbours {
    TokenBuffer tokens;
    size_t num_before;  ///< tokens of the one before it; the rest is behind it
  };
  /// The word's own tokens.
  struct Cut {
    std::vector<int32_t> ids;
    WordLayout places;
    bool shifts_others;  ///< the neighbours' offsets are no longer where these stand
  };

  std::vector<Frame> frames_of(bool has_prefix) const;
  std::vector<Frame> frames_of(WordPrefix prefix) const;
  /// In each of the frames; none where these do not all give the same tokens.
  std::vector<Cut> cut(std::string_view word, const std::vector<Frame>& frames) const;
  std::optional<Cut> cut(std::string_view word, const Frame& frame,
                         const Neighbours& neighbours) const;
  Neighbours cut_neighbours() const;
  TokenBuffer encode_plainly(const std::string& text, bool is_at_start) const;
  bool is_avoided(std::string_view word) const;

  const SegmentEncoder& plain_;
  const Normalizer* normalizer_;
  const WordwiseOptions& options_;
  std::string avoided_;
};

}  // namespace finetune::text
