#pragma once

#include <ATen/Parallel.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <atomic>
#include <cstdint>

#include "kernels/simd/loops.h"

/// How work is spread over threads so that no result depends on their number or timing.
namespace finetune::kernels {

constexpr int64_t kRowsPerChunk = 32;

/// True where the loops of simd/ apply; elsewhere the reference runs.
inline bool is_fast(const at::Tensor& x) { return x.is_cpu() && x.scalar_type() == at::kFloat; }

/// body(begin, end) over chunks of rows.
template <class Body>
void for_rows(int64_t num_rows, const Body& body) {
  at::parallel_for(0, num_rows, kRowsPerChunk, body);
}

/// body(index) for every index below `count`, each taken by whichever thread is free; make_body()
/// is called once per thread.
template <class MakeBody>
void for_tasks(int64_t count, const MakeBody& make_body) {
  std::atomic<int64_t> next{0};
  const int64_t num_workers = std::min<int64_t>(count, at::get_num_threads());
  at::parallel_for(0, num_workers, 1, [&](int64_t begin, int64_t end) {
    for (int64_t worker = begin; worker < end; ++worker) {
      auto body = make_body();
      for (int64_t i = next++; i < count; i = next++) body(i);
    }
  });
}

/// body(begin, end, sums) over fixed chunks of rows, each adding to `sums` [width] of its own; the
/// chunks' sums are then added up in order and the result added to `totals`.
template <class Body>
void sum_over_rows(int64_t num_rows, const at::Tensor& totals, const Body& body) {
  const int64_t width = totals.numel();
  const int64_t num_chunks = (num_rows + kRowsPerChunk - 1) / kRowsPerChunk;
  const at::Tensor sums = at::zeros({num_chunks + 1, width}, at::kFloat);
  auto* data = sums.data_ptr<float>();
  at::parallel_for(0, num_chunks, 1, [&](int64_t begin, int64_t end) {
    for (int64_t c = begin; c < end; ++c) {
      const int64_t row = c * kRowsPerChunk;
      body(row, std::min(row + kRowsPerChunk, num_rows), data + (c + 1) * width);
    }
  });
  for (int64_t c = 1; c <= num_chunks; ++c) simd::loops().add(data, data + c * width, width);
  simd::loops().add(totals.data_ptr<float>(), data, width);
}

}  // namespace finetune::kernels
