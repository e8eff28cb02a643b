#pragma once

#include <ATen/core/Tensor.h>

#include <initializer_list>
#include <string_view>

namespace finetune::kernels {

constexpr int64_t kAny = -1;

/// Throws InternalError unless `tensor` is defined and has these sizes (kAny: whatever it has).
void check_shape(const at::Tensor& tensor, std::initializer_list<int64_t> sizes,
                 std::string_view name);

/// Throws InternalError with `message` unless `claim` holds.
void check(bool claim, std::string_view message);

}  // namespace finetune::kernels
