#pragma once

#include <cstdint>

namespace finetune::metrics {

/// The stream of numpy.random.default_rng(seed), bit for bit (numpy 1.17 to 2.x): PCG64 (O'Neill
/// 2014, XSL RR 128/64) seeded through SeedSequence. sacreBLEU resamples with it;
/// base::RandomStream is for everything of our own.
class NumpyRandom {
 public:
  explicit NumpyRandom(uint64_t seed);

  uint64_t bits64();
  uint32_t bits32();  ///< halves of bits64(), the low one first

  /// One of Generator.integers(0, bound) or Generator.choice(bound): [0, bound), 1 <= bound <= 2^32
  /// (Lemire 2019).
  uint64_t below(uint64_t bound);

 private:
  void step();

  uint64_t state_high_ = 0, state_low_ = 0;
  uint64_t increment_high_ = 0, increment_low_ = 0;
  uint32_t other_half_ = 0;
  bool has_other_half_ = false;
};

/// Generator.integers(2, dtype=bool), one value after the other of one call: 32 to a draw.
class NumpyBools {
 public:
  explicit NumpyBools(NumpyRandom& random) : random_(random) {}
  bool next();

 private:
  NumpyRandom& random_;
  uint32_t bits_ = 0;
  int num_left_ = 0;
};

}  // namespace finetune::metrics
