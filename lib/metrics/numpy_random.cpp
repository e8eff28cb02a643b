#include "metrics/numpy_random.h"

#include <array>
#include <cstddef>

namespace finetune::metrics {
namespace {

__extension__ using Wide = unsigned __int128;

/// numpy's SeedSequence for a seed of 64 bits: O'Neill's seed_seq_fe with a pool of four words.
class SeedSequence {
 public:
  explicit SeedSequence(uint64_t seed) {
    pool_ = {static_cast<uint32_t>(seed), static_cast<uint32_t>(seed >> 32), 0, 0};
    for (uint32_t& word : pool_) word = hash(word);
    for (size_t from = 0; from < pool_.size(); ++from) {
      for (size_t to = 0; to < pool_.size(); ++to) {
        if (from != to) pool_[to] = mix(pool_[to], hash(pool_[from]));
      }
    }
  }

  std::array<uint64_t, 4> state() const {
    std::array<uint32_t, 8> words{};
    uint32_t constant = 0x8b51f9dd;
    for (size_t i = 0; i < words.size(); ++i) {
      uint32_t value = pool_[i % pool_.size()] ^ constant;
      constant *= 0x58f38ded;
      value *= constant;
      words[i] = value ^ value >> 16;
    }
    std::array<uint64_t, 4> state{};
    for (size_t i = 0; i < state.size(); ++i) {
      state[i] = words[2 * i] | uint64_t{words[2 * i + 1]} << 32;
    }
    return state;
  }

 private:
  uint32_t hash(uint32_t value) {
    value ^= constant_;
    constant_ *= 0x931e8875;
    value *= constant_;
    return value ^ value >> 16;
  }
  static uint32_t mix(uint32_t a, uint32_t b) {
    const uint32_t value = 0xca01f9dd * a - 0x4973f715 * b;
    return value ^ value >> 16;
  }

  std::array<uint32_t, 4> pool_;
  uint32_t constant_ = 0x43b0d7e5;
};

Wide join(uint64_t high, uint64_t low) { return Wide{high} << 64 | low; }

}  // namespace

NumpyRandom::NumpyRandom(uint64_t seed) {
  const auto words = SeedSequence(seed).state();
  const Wide increment = join(words[2], words[3]) << 1 | 1;
  increment_high_ = static_cast<uint64_t>(increment >> 64);
  increment_low_ = static_cast<uint64_t>(increment);
  step();
  const Wide state = join(state_high_, state_low_) + join(words[0], words[1]);
  state_high_ = static_cast<uint64_t>(state >> 64);
  state_low_ = static_cast<uint64_t>(state);
  step();
}

void NumpyRandom::step() {
  const Wide multiplier = join(2549297995355413924u, 4865540595714422341u);
  const Wide state =
      join(state_high_, state_low_) * multiplier + join(increment_high_, increment_low_);
  state_high_ = static_cast<uint64_t>(state >> 64);
  state_low_ = static_cast<uint64_t>(state);
}

uint64_t NumpyRandom::bits64() {
  step();
  const uint64_t value = state_high_ ^ state_low_;
  const auto turn = static_cast<unsigned>(state_high_ >> 58);
  return value >> turn | value << ((64 - turn) % 64);
}

uint32_t NumpyRandom::bits32() {
  if (has_other_half_) {
    has_other_half_ = false;
    return other_half_;
  }
  const uint64_t both = bits64();
  has_other_half_ = true;
  other_half_ = static_cast<uint32_t>(both >> 32);
  return static_cast<uint32_t>(both);
}

uint64_t NumpyRandom::below(uint64_t bound) {
  if (bound == 1) return 0;
  if (bound == uint64_t{1} << 32) return bits32();
  uint64_t product = bits32() * bound;
  if (static_cast<uint32_t>(product) < bound) {
    const uint64_t threshold = ((uint64_t{1} << 32) - bound) % bound;
    while (static_cast<uint32_t>(product) < threshold) product = bits32() * bound;
  }
  return product >> 32;
}

bool NumpyBools::next() {
  if (num_left_ == 0) {
    bits_ = random_.bits32();
    num_left_ = 32;
  }
  const bool value = (bits_ & 1u) != 0;
  bits_ >>= 1;
  --num_left_;
  return value;
}

}  // namespace finetune::metrics
