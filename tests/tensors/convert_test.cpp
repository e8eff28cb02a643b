#include "tensors/convert.h"

#include <bit>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>

#include "base/error.h"

using namespace finetune;
using namespace finetune::tensors;

namespace {

template <class T>
TensorView view_of(const std::vector<T>& values, DType dtype, std::vector<int64_t> shape,
                   std::vector<int64_t> strides = {}) {
  return {dtype, std::move(shape), std::move(strides), std::as_bytes(std::span(values)), {},
          "test"};
}

std::vector<float> as_f32(const TensorView& tensor) {
  std::vector<float> values(static_cast<size_t>(tensor.num_elements()));
  copy_as_f32(tensor, values);
  return values;
}

/// IEEE 754 binary16 from its definition, by arithmetic instead of bit tricks.
double half_value(uint16_t bits) {
  const int exponent = (bits >> 10) & 31;
  const double fraction = bits & 1023;
  const double sign = (bits & 0x8000) != 0 ? -1.0 : 1.0;
  if (exponent == 31) return fraction == 0 ? sign * INFINITY : NAN;
  if (exponent == 0) return sign * std::ldexp(fraction, -24);
  return sign * std::ldexp(1024 + fraction, exponent - 25);
}

}  // namespace

TEST_CASE("all 65536 half numbers become the float of the same value") {
  std::vector<uint16_t> bits(65536);
  std::iota(bits.begin(), bits.end(), uint16_t{0});
  const std::vector<float> values = as_f32(view_of(bits, DType::kF16, {65536}));
  int64_t num_different = 0;
  for (size_t i = 0; i < bits.size(); ++i) {
    const double expected = half_value(bits[i]);
    const bool is_same = std::isnan(expected) ? std::isnan(values[i]) : values[i] == expected;
    if (!is_same || std::signbit(values[i]) != ((bits[i] & 0x8000) != 0)) ++num_different;
  }
  CHECK(num_different == 0);
}

TEST_CASE("all 65536 bfloat16 numbers are the upper half of a float") {
  std::vector<uint16_t> bits(65536);
  std::iota(bits.begin(), bits.end(), uint16_t{0});
  const std::vector<float> values = as_f32(view_of(bits, DType::kBF16, {256, 256}));
  int64_t num_different = 0;
  for (size_t i = 0; i < bits.size(); ++i) {
    if (std::bit_cast<uint32_t>(values[i]) != uint32_t{bits[i]} << 16) ++num_different;
  }
  CHECK(num_different == 0);
}

TEST_CASE("integers and doubles round to the nearest float") {
  CHECK(as_f32(view_of(std::vector<int64_t>{-3, (int64_t{1} << 24) + 1}, DType::kI64, {2})) ==
        std::vector<float>{-3.0F, 16777216.0F});
  CHECK(as_f32(view_of(std::vector<double>{0.1, 1e300, 1 + 0x1p-24}, DType::kF64, {3})) ==
        std::vector<float>{0.1F, std::numeric_limits<float>::infinity(), 1.0F});
  CHECK(as_f32(view_of(std::vector<uint8_t>{0, 1, 7}, DType::kBool, {3})) ==
        std::vector<float>{0, 1, 1});
  CHECK(as_f32(view_of(std::vector<uint8_t>{0, 255}, DType::kU8, {2})) ==
        std::vector<float>{0, 255});
  CHECK(as_f32(view_of(std::vector<int8_t>{-128, 127}, DType::kI8, {2})) ==
        std::vector<float>{-128, 127});
}

TEST_CASE("strided views are read in row-major order") {
  std::vector<float> storage(24);
  std::iota(storage.begin(), storage.end(), 0.0F);
  CHECK(as_f32(view_of(storage, DType::kF32, {3, 2}, {1, 3})) ==
        std::vector<float>{0, 3, 1, 4, 2, 5});
  CHECK(as_f32(view_of(storage, DType::kF32, {2, 2, 3}, {12, 1, 4})) ==
        std::vector<float>{0, 4, 8, 1, 5, 9, 12, 16, 20, 13, 17, 21});
  CHECK(as_f32(view_of(storage, DType::kF32, {2, 2}, {0, 0})) == std::vector<float>{0, 0, 0, 0});
  CHECK(as_f32(view_of(storage, DType::kF32, {3}, {2})) == std::vector<float>{0, 2, 4});
}

TEST_CASE("strided elements of every size are copied unchanged") {
  const std::vector<uint8_t> bytes{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16,
                                   1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 17};
  for (DType dtype : {DType::kU8, DType::kI16, DType::kI32, DType::kF64}) {
    const auto size = static_cast<size_t>(size_of(dtype));
    const TensorView view = view_of(bytes, dtype, {2, 2}, {1, 2});  // elements 0 2 / 1 3
    std::vector<std::byte> out(4 * size);
    copy_contiguous(view, out);
    const auto element = [&](size_t i) {
      return std::vector(&bytes[i * size], &bytes[i * size] + size);
    };
    for (size_t i = 0; const size_t from : {0U, 2U, 1U, 3U}) {
      const auto* copied = reinterpret_cast<const uint8_t*>(out.data()) + i++ * size;
      CHECK(std::vector(copied, copied + size) == element(from));
    }
  }
}

TEST_CASE("unaligned bytes are read") {
  std::vector<std::byte> bytes(9);
  const float value = 2.5F;
  std::memcpy(bytes.data() + 1, &value, 4);
  const TensorView view{DType::kF32, {1}, {}, std::span(bytes).subspan(1, 4), {}, "test"};
  CHECK(as_f32(view) == std::vector<float>{2.5F});
  CHECK(all_finite(view));
}

TEST_CASE("a buffer of another size is a bug of the caller") {
  std::vector<float> storage(4);
  std::vector<float> small(3);
  CHECK_THROWS_AS(copy_as_f32(view_of(storage, DType::kF32, {4}), small), InternalError);
}

TEST_CASE("the first NaN or infinity is found, in row-major order") {
  std::vector<float> values(5000, 1.0F);
  CHECK(all_finite(view_of(values, DType::kF32, {5000})));
  values[4990] = std::numeric_limits<float>::quiet_NaN();
  CHECK(first_nonfinite(view_of(values, DType::kF32, {5000})) == 4990);
  values[1024] = -std::numeric_limits<float>::infinity();
  CHECK(first_nonfinite(view_of(values, DType::kF32, {50, 100})) == 1024);
  CHECK(first_nonfinite(view_of(values, DType::kF32, {100, 50}, {1, 100})) == 24 * 50 + 10);
  values[1024] = std::numeric_limits<float>::max();
  values[4990] = 0;
  CHECK(all_finite(view_of(values, DType::kF32, {5000})));
}

TEST_CASE("infinities of 16- and 64-bit types are found, integers are always finite") {
  CHECK(first_nonfinite(view_of(std::vector<uint16_t>{0x7bff, 0xfc00}, DType::kF16, {2})) == 1);
  CHECK(first_nonfinite(view_of(std::vector<uint16_t>{0x7f7f, 0x7fc0}, DType::kBF16, {2})) == 1);
  CHECK(first_nonfinite(view_of(std::vector<double>{1e308, NAN}, DType::kF64, {2})) == 1);
  CHECK(all_finite(view_of(std::vector<int32_t>{-1, 0x7f800000}, DType::kI32, {2})));
  CHECK(all_finite(view_of(std::vector<float>{}, DType::kF32, {0})));
}
