#include "tensors/convert.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "base/error.h"

namespace finetune::tensors {
namespace {

/// `count` elements, `stride` apart; the first is element `index` of the tensor in row-major order.
struct Run {
  const std::byte* first = nullptr;
  int64_t count = 0;
  int64_t stride = 1;
  int64_t index = 0;
};

/// Calls visit(run) for the elements in row-major order until it returns false: one run for a
/// contiguous tensor, else one for each row of the last dimension.
template <class Visit>
void for_each_run(const TensorView& tensor, Visit&& visit) {
  const int64_t count = tensor.num_elements();
  if (count == 0) return;
  if (tensor.strides.empty()) {
    visit(Run{tensor.bytes.data(), count, 1, 0});
    return;
  }
  const size_t last = tensor.shape.size() - 1;
  const int64_t size = size_of(tensor.dtype);
  std::vector<int64_t> position(last, 0);
  Run run{tensor.bytes.data(), tensor.shape[last], tensor.strides[last], 0};
  int64_t offset = 0;
  for (; run.index < count; run.index += run.count) {
    run.first = tensor.bytes.data() + offset * size;
    if (!visit(std::as_const(run))) return;
    for (size_t d = last; d-- > 0;) {
      offset += tensor.strides[d];
      if (++position[d] < tensor.shape[d]) break;
      offset -= tensor.strides[d] * position[d];
      position[d] = 0;
    }
  }
}

template <class T>
T load(const std::byte* from) {
  T value;
  std::memcpy(&value, from, sizeof(T));
  return value;
}

struct Half {
  uint16_t bits;
};
struct BrainFloat {
  uint16_t bits;
};
struct Boolean {
  uint8_t bits;
};

float to_f32(Boolean value) { return value.bits != 0 ? 1.0F : 0.0F; }
float to_f32(BrainFloat value) { return std::bit_cast<float>(uint32_t{value.bits} << 16); }

float to_f32(Half value) {
  const uint32_t sign = (value.bits & 0x8000U) << 16;
  const uint32_t magnitude = value.bits & 0x7fffU;
  if (magnitude < 0x0400U) {  // zero or subnormal: magnitude * 2^-24, exact in float
    const float number = static_cast<float>(magnitude) * 0x1p-24F;
    return std::bit_cast<float>(std::bit_cast<uint32_t>(number) | sign);
  }
  const uint32_t exponent_shift = magnitude >= 0x7c00U ? 0x70000000U : 0x38000000U;
  return std::bit_cast<float>(((magnitude << 13) + exponent_shift) | sign);
}

template <class T>
float to_f32(T value) {
  return static_cast<float>(value);
}

template <class T>
void convert_runs(const TensorView& tensor, std::span<float> out) {
  for_each_run(tensor, [&](const Run& run) {
    float* to = out.data() + run.index;
    const auto step = run.stride * static_cast<int64_t>(sizeof(T));
    for (int64_t i = 0; i < run.count; ++i) to[i] = to_f32(load<T>(run.first + i * step));
    return true;
  });
}

template <size_t kSize>
void copy_strided_run(const Run& run, std::byte* to) {
  const auto step = run.stride * static_cast<int64_t>(kSize);
  for (int64_t i = 0; i < run.count; ++i) {
    std::memcpy(to + i * static_cast<int64_t>(kSize), run.first + i * step, kSize);
  }
}

void copy_run(const Run& run, size_t size, std::byte* to) {
  if (run.stride == 1) {
    std::memcpy(to, run.first, static_cast<size_t>(run.count) * size);
    return;
  }
  switch (size) {
    case 1:
      return copy_strided_run<1>(run, to);
    case 2:
      return copy_strided_run<2>(run, to);
    case 4:
      return copy_strided_run<4>(run, to);
    default:
      return copy_strided_run<8>(run, to);
  }
}

/// A floating-point number is NaN or infinite when all bits of its exponent are set.
template <class Bits>
std::optional<int64_t> find_full_exponent(const TensorView& tensor, Bits exponent_mask) {
  constexpr int64_t kBlock = 1024;
  std::optional<int64_t> found;
  for_each_run(tensor, [&](const Run& run) {
    const auto step = run.stride * static_cast<int64_t>(sizeof(Bits));
    const auto is_bad = [&](int64_t i) {
      return (load<Bits>(run.first + i * step) & exponent_mask) == exponent_mask;
    };
    for (int64_t begin = 0; begin < run.count && !found; begin += kBlock) {
      const int64_t end = std::min(begin + kBlock, run.count);
      bool any = false;
      for (int64_t i = begin; i < end; ++i) any |= is_bad(i);  // no exit: vectorises
      for (int64_t i = begin; any && !found && i < end; ++i) {
        if (is_bad(i)) found = run.index + i;
      }
    }
    return !found;
  });
  return found;
}

void check_size(size_t expected, size_t given) {
  if (expected != given) throw InternalError("the buffer for a tensor's elements has another size");
}

}  // namespace

void copy_contiguous(const TensorView& tensor, std::span<std::byte> out) {
  const auto size = static_cast<size_t>(size_of(tensor.dtype));
  check_size(static_cast<size_t>(tensor.num_elements()) * size, out.size());
  for_each_run(tensor, [&](const Run& run) {
    copy_run(run, size, out.data() + static_cast<size_t>(run.index) * size);
    return true;
  });
}

void copy_as_f32(const TensorView& tensor, std::span<float> out) {
  check_size(static_cast<size_t>(tensor.num_elements()), out.size());
  switch (tensor.dtype) {
    case DType::kBool:
      return convert_runs<Boolean>(tensor, out);
    case DType::kU8:
      return convert_runs<uint8_t>(tensor, out);
    case DType::kI8:
      return convert_runs<int8_t>(tensor, out);
    case DType::kI16:
      return convert_runs<int16_t>(tensor, out);
    case DType::kI32:
      return convert_runs<int32_t>(tensor, out);
    case DType::kI64:
      return convert_runs<int64_t>(tensor, out);
    case DType::kF16:
      return convert_runs<Half>(tensor, out);
    case DType::kBF16:
      return convert_runs<BrainFloat>(tensor, out);
    case DType::kF32:
      return copy_contiguous(tensor, std::as_writable_bytes(out));
    case DType::kF64:
      return convert_runs<double>(tensor, out);
  }
}

std::optional<int64_t> first_nonfinite(const TensorView& tensor) {
  switch (tensor.dtype) {
    case DType::kF16:
      return find_full_exponent<uint16_t>(tensor, 0x7c00U);
    case DType::kBF16:
      return find_full_exponent<uint16_t>(tensor, 0x7f80U);
    case DType::kF32:
      return find_full_exponent<uint32_t>(tensor, 0x7f800000U);
    case DType::kF64:
      return find_full_exponent<uint64_t>(tensor, 0x7ff0000000000000U);
    default:
      return std::nullopt;
  }
}

}  // namespace finetune::tensors
