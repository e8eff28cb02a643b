#pragma once

#include <cstdint>

#include "base/random.h"

namespace finetune::text {

/// Random segmentation for training ("subword regularisation").
struct SubwordSampling {
  /// BPE: the probability that a merge is passed over (Provilkov et al. 2020, "BPE-dropout").
  /// Unigram: the exponent of the probabilities sampled from (Kudo 2018, "Subword regularization").
  double alpha = 0.1;
  /// Unigram: sample among this many best segmentations; 0 and 1: the best one; negative: among
  /// all of them.
  int32_t nbest = -1;
};

/// The draws of one text: a pure function of the stream, so that a text is cut alike whoever cuts
/// it.
class SubwordSampler {
 public:
  SubwordSampler(SubwordSampling options, const base::RandomStream& stream)
      : options_(options), stream_(stream) {}

  const SubwordSampling& options() const { return options_; }
  double uniform() { return stream_.uniform(next_++); }  ///< the next draw from [0, 1)

 private:
  SubwordSampling options_;
  base::RandomStream stream_;
  uint64_t next_ = 0;
};

}  // namespace finetune::text
