#pragma once

#include <string_view>
#include <vector>

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

  /// Both outlive the learner.
  WordLearner(const SegmentEncoder& plain, const WordwiseOptions& options)
      : plain_(plain), options_(options) {}

  /// The tokens, their ends in bytes of the word or kUnknownEnd; none where the word is cut
  /// differently in different places.
  std::vector<Piece> learn(const Word& word) const;

 private:
  struct Frame {
    std::vector<int32_t> before, ids, behind;
  };
  TokenBuffer encode_plainly(std::string_view text) const;
  bool stands_at_ends(const Word& word, const Frame& frame) const;
  static std::vector<Piece> find_ends(const TokenBuffer& tokens, TextSpan range, const Word& word);

  const SegmentEncoder& plain_;
  const WordwiseOptions& options_;
};

}  // namespace finetune::text
