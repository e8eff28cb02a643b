#include "kernels/vocabulary.h"

#include "kernels/checks.h"
#include "kernels/rows.h"

namespace finetune::kernels {
namespace {

std::vector<float> reduce_rows(const at::Tensor& scores, bool is_in_place) {
  check_shape(scores, {kAny, kAny}, "scores");
  check(is_fast(scores) && scores.is_contiguous(), "scores must be contiguous fp32 on the CPU");
  const int64_t width = scores.size(1);
  check(width > 0, "scores need at least one column");
  std::vector<float> sums(static_cast<size_t>(scores.size(0)));
  auto* data = scores.data_ptr<float>();
  at::parallel_for(0, scores.size(0), 1, [&](int64_t begin, int64_t end) {
    for (int64_t r = begin; r < end; ++r) {
      float* row = data + r * width;
      sums[static_cast<size_t>(r)] =
          simd::loops().log_sum_exp(row, width, is_in_place ? row : nullptr);
    }
  });
  return sums;
}

}  // namespace

std::vector<float> log_sums(const at::Tensor& scores) { return reduce_rows(scores, false); }

std::vector<float> log_softmax_in_place(const at::Tensor& scores) {
  return reduce_rows(scores, true);
}

size_t next_above(std::span<const float> scores, size_t begin, float offset, float threshold) {
  return static_cast<size_t>(simd::loops().next_above(scores.data(), static_cast<int64_t>(begin),
                                                      static_cast<int64_t>(scores.size()), offset,
                                                      threshold));
}

size_t argmax(std::span<const float> scores) {
  size_t best = 0;
  for (size_t at = 0; at < scores.size(); at = next_above(scores, at + 1, 0.0F, scores[best])) {
    best = at;
  }
  return best;
}

}  // namespace finetune::kernels
