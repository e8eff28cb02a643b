#pragma once

#include <cstdint>
#include <vector>

namespace finetune::base {

/// What a random stream is for. Streams of different purposes never overlap, so that adding a layer
/// or a dropout never changes the order of the data. The numbers are part of the checkpoint format:
/// never reuse one.
enum class StreamPurpose : uint32_t {
  kInit = 1,
  kDataOrder = 2,
  kDataSplit = 3,
  kDropout = 4,
  kBootstrap = 5,
  kGeneration = 6,
  kSubwordSampling = 7,
};

/// A counter-based random stream: the value at an index is a pure function of (seed, purpose, a, b,
/// index), so a stream has no state to save and can be read anywhere, by any thread. SplitMix64
/// finalisation over a keyed counter (Steele et al. 2014). Same values on every platform; normal()
/// up to the rounding of the platform's log and cos.
class RandomStream {
 public:
  /// `a` and `b` name the place inside the purpose, e.g. epoch, or parameter number.
  RandomStream(uint64_t seed, StreamPurpose purpose, uint64_t a = 0, uint64_t b = 0);

  uint64_t bits(uint64_t index) const;   ///< uniform on [0, 2^64)
  double uniform(uint64_t index) const;  ///< uniform on [0, 1), 53 bits
  uint64_t below(uint64_t index,
                 uint64_t bound) const;  ///< [0, bound): high half of a 128-bit product
  /// Standard normal, Box-Muller over the counters 2 index and 2 index + 1: a stream serves either
  /// normals or the others, not both.
  double normal(uint64_t index) const;

 private:
  uint64_t key_;
};

/// A random permutation of 0..count-1: Fisher-Yates with `stream`, the same on every platform.
std::vector<int64_t> random_permutation(int64_t count, const RandomStream& stream);

}  // namespace finetune::base
