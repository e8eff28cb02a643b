#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "text/subword_sampler.h"
#include "text/unigram.h"

namespace finetune::text {

/// All segmentations of one piece under a unigram model, for sampling. Kudo 2018, "Subword
/// regularization", arXiv:1804.10959, section 3.
class UnigramLattice {
 public:
  UnigramLattice(const Unigram& model, std::string_view piece);

  /// The pieces from the last to the first of a segmentation drawn with probability in proportion
  /// to exp(alpha * score): forward filtering, backward sampling.
  std::vector<Piece> sample(SubwordSampler& sampler) const;

  /// The same among the sampler's nbest segmentations of the highest scores.
  std::vector<Piece> sample_of_best(SubwordSampler& sampler) const;

  struct Segmentation {
    std::vector<Piece> reversed;
    double score;
  };
  /// At most `count` segmentations, best first. A* from the end: at most 100,000 open hypotheses,
  /// of which the best go on, as in the sentencepiece library.
  std::vector<Segmentation> best(int32_t count) const;

 private:
  struct Node {
    Piece piece;
    double score;
  };
  using NodesByEnd = std::vector<std::vector<Node>>;

  std::vector<double> best_scores() const;

  NodesByEnd ending_;  ///< [bytes + 1] by the byte at which a piece ends
};

}  // namespace finetune::text
