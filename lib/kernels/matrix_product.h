#pragma once

#include <ATen/core/Tensor.h>

namespace finetune::kernels {

/// Whether fp32 products on this processor are our own loops (simd/matrix_loops.h): AVX2 or
/// AVX-512.
bool has_own_products();

/// a b + bias: a [M, I], b [I, O], bias [O] or undefined -> [M, O].
///
/// In our own loops a row's bits depend neither on the other rows nor on the number of threads.
/// Other types, devices and processors take ATen's product. Neither records gradients. `a` and `b`
/// may be transposed views.
at::Tensor matrix_product(const at::Tensor& a, const at::Tensor& b, const at::Tensor& bias = {});

/// c = a b, or c += a b. c [M, O], each of its rows contiguous.
void matrix_product_into(const at::Tensor& c, const at::Tensor& a, const at::Tensor& b);
void add_matrix_product(const at::Tensor& c, const at::Tensor& a, const at::Tensor& b);

}  // namespace finetune::kernels
