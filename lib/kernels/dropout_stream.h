#pragma once

#include <cstdint>

#include "kernels/dropout.h"

namespace finetune::kernels {

/// SplitMix64 finalisation (Steele et al. 2014).
constexpr uint64_t mix64(uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

/// The random words of one row of a mask: 32 bits for every column, in integer arithmetic only, so
/// that scalar code, any vector width and CUDA give the same bits. Two multiply-xorshift rounds
/// (constants: Wellons 2018, "lowbias32"), keyed before both.
struct DropoutRow {
  uint32_t first_key = 0;
  uint32_t second_key = 0;

  constexpr uint32_t bits(uint32_t column) const {
    uint32_t x = column * 0x9e3779b9U + first_key;
    x ^= x >> 16;
    x *= 0x7feb352dU;
    x ^= x >> 15;
    x ^= second_key;
    x *= 0x846ca68bU;
    return x ^ (x >> 16);
  }
};

/// A mask as its elements are drawn. Element (row, column) is kept when the upper 31 bits of its
/// word reach `threshold`, and is then multiplied by `scale`.
///
/// Rows and columns: dropout of [N, D] takes (n, d). Attention takes
/// row = (first token of the sequence + query position) * H + head and column = key position inside
/// the sequence: what a sequence drops does not depend on the lengths of the others behind it.
struct DropoutStream {
  uint64_t key = 0;
  uint32_t threshold =
      0;               ///< probability * 2^31, rounded; the realised probability is within 2^-32
  float scale = 1.0F;  ///< 1 / (1 - realised probability)

  constexpr DropoutStream() = default;
  constexpr explicit DropoutStream(const Dropout& dropout)
      : key(mix64(mix64(mix64(dropout.seed + 0x9e3779b97f4a7c15ULL) + dropout.step) +
                  dropout.place)),
        // Rounded by hand, as std::lround is not constexpr: the value is not negative.
        threshold(static_cast<uint32_t>(  // NOLINTNEXTLINE(bugprone-incorrect-roundings)
            static_cast<double>(dropout.probability) * 2147483648.0 + 0.5)),
        scale(static_cast<float>(1.0 / (1.0 - threshold / 2147483648.0))) {}

  constexpr DropoutRow row(int64_t index) const {
    const uint64_t k = mix64(key + 0x9e3779b97f4a7c15ULL * (static_cast<uint64_t>(index) + 1));
    return {static_cast<uint32_t>(k), static_cast<uint32_t>(k >> 32)};
  }

  /// What element `column` of `row` is multiplied by: 0 or `scale`.
  constexpr float factor(const DropoutRow& row, int64_t column) const {
    return (row.bits(static_cast<uint32_t>(column)) >> 1) >= threshold ? scale : 0.0F;
  }
};

}  // namespace finetune::kernels
