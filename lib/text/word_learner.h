#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "text/normalizer.h"
#include "text/segment_encoder.h"
#include "text/wordwise_options.h"

namespace finetune::text {

/// Finds out, by the plain encoder, how a word is cut wherever it stands between spaces.
class WordLearner {
 public:
  struct Word {
    std::string_view text;
    bool has_prefix;  ///< a space before it, or what counts as one
  };

  /// All outlive the learner; `normalizer` may be null.
  WordLearner(const SegmentEncoder& plain, const Normalizer* normalizer,
              const WordwiseOptions& options)
      : plain_(plain), normalizer_(normalizer), options_(options) {}

  /// Words that hold one of these bytes once they are normalised are not learnt.
  void avoid(std::string_view bytes) { avoided_ = bytes; }

  /// The tokens, their ends in bytes of the word or kUnknownEnd; none where the word is cut
  /// differently in different places.
  std::vector<Piece> learn(const Word& word) const;

 private:
  struct Frame {
    std::vector<int32_t> before, ids, behind;
  };
  /// `text` at the start of a whole text, or (where words without a prefix stand) behind it.
  TokenBuffer encode_plainly(std::string_view text, bool at_start = true) const;
  bool stands_at_ends(const Word& word, const Frame& frame) const;
  bool has_plain_offsets(const Word& word, const std::vector<Piece>& pieces,
                         const TokenBuffer& tokens, size_t begin) const;
  static std::vector<Piece> find_ends(const TokenBuffer& tokens, TextSpan range, const Word& word);

  bool is_avoided(std::string_view word) const;

  const SegmentEncoder& plain_;
  const Normalizer* normalizer_;
  const WordwiseOptions& options_;
  std::string avoided_;
};

}  // namespace finetune::text
