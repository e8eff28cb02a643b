#include "base/random.h"

#include <cmath>
#include <numbers>
#include <numeric>
#include <utility>

#include "base/error.h"
#include "base/strings.h"

namespace finetune::base {
namespace {

__extension__ using uint128 = unsigned __int128;

constexpr uint64_t kGolden = 0x9E3779B97F4A7C15;  // 2^64 / golden ratio, odd

/// The finaliser of SplitMix64: a bijection whose every output bit depends on every input bit.
constexpr uint64_t mix(uint64_t z) {
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
  return z ^ (z >> 31);
}

constexpr uint64_t absorb(uint64_t key, uint64_t value) { return mix(key ^ mix(value + kGolden)); }

constexpr double unit(uint64_t bits) { return static_cast<double>(bits >> 11) * 0x1p-53; }

}  // namespace

RandomStream::RandomStream(uint64_t seed, StreamPurpose purpose, uint64_t a, uint64_t b)
    : key_(absorb(absorb(absorb(mix(seed + kGolden), static_cast<uint64_t>(purpose)), a), b)) {}

uint64_t RandomStream::bits(uint64_t index) const { return mix(key_ + (index + 1) * kGolden); }

double RandomStream::uniform(uint64_t index) const { return unit(bits(index)); }

uint64_t RandomStream::below(uint64_t index, uint64_t bound) const {
  return static_cast<uint64_t>((static_cast<uint128>(bits(index)) * bound) >> 64);
}

double RandomStream::normal(uint64_t index) const {
  const double radius =
      std::sqrt(-2.0 * std::log(unit(bits(2 * index)) + 0x1p-53));  // log of (0, 1]
  return radius * std::cos(2.0 * std::numbers::pi * uniform(2 * index + 1));
}

std::vector<int64_t> random_permutation(int64_t count, const RandomStream& stream) {
  if (count < 0) throw InternalError(cat("permutation of ", count, " elements"));
  std::vector<int64_t> order(static_cast<size_t>(count));
  std::iota(order.begin(), order.end(), int64_t{0});
  for (size_t i = order.size(); i-- > 1;) std::swap(order[i], order[stream.below(i, i + 1)]);
  return order;
}

}  // namespace finetune::base
