#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "tensors/named_tensors.h"

namespace finetune::tensors {

/// Copies the elements of `tensor` in row-major order, without conversion. `out` holds exactly
/// num_elements() * size_of(dtype) bytes.
void copy_contiguous(const TensorView& tensor, std::span<std::byte> out);

/// Converts the elements of `tensor`, in row-major order, to float32. Exact for BOOL, 8- and 16-bit
/// types and F32 (NaN payloads too); I32, I64 and F64 round to nearest. `out` holds exactly
/// num_elements() values.
void copy_as_f32(const TensorView& tensor, std::span<float> out);

/// Row-major index of the first NaN or infinity; nothing when there is none.
std::optional<int64_t> first_nonfinite(const TensorView& tensor);

inline bool all_finite(const TensorView& tensor) { return !first_nonfinite(tensor).has_value(); }

}  // namespace finetune::tensors
