#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>

#include <catch2/catch.hpp>

#include "base/error.h"
#include "kernels/compare.h"
#include "kernels/ops.h"
#include "kernels/reference.h"

using namespace finetune;
using namespace finetune::test;
using kernels::AttentionOptions;
using kernels::Mask;

namespace {

using Rows = std::vector<std::vector<int32_t>>;

std::vector<std::span<const int32_t>> spans(const Rows& rows) { return {rows.begin(), rows.end()}; }

const Rows kRows{{4}, {0, 7, 19}, {7, 0, 19, 2, 11, 12, 13, 14, 3, 5, 6, 8, 9, 10, 15, 16, 17}};

}  // namespace

TEST_CASE("cached attention gives the reference's output, with a bias and without") {
  for (const int64_t head_width : {1, 5, 16, 40}) {
    const int64_t width = 3 * head_width;
    const at::Tensor q = random_tensor({3, width}, 1);
    const at::Tensor kv = random_tensor({20, 2 * width}, 2);
    for (const auto& bias : {at::Tensor(), random_tensor({3, 41}, 3)}) {
      AttentionOptions options;
      options.num_heads = 3;
      options.bias = bias;
      const auto call = [&](const auto& attend, at::ScalarType type) {
        AttentionOptions typed = options;
        if (bias.defined()) typed.bias = bias.to(type);
        return attend(q.to(type), kv.narrow(1, 0, width).to(type),
                      kv.narrow(1, width, width).to(type), spans(kRows), typed);
      };
      CHECK(difference(call(kernels::cached_attention, at::kFloat),
                       call(kernels::reference::cached_attention, at::kDouble)) < 2e-6);
    }
  }
}

TEST_CASE("the last token of a row sees what causal attention shows it") {
  const int64_t width = 24;
  const at::Tensor qkv = random_tensor({17, 3 * width}, 1);
  const at::Tensor bias = random_tensor({2, 33}, 2);
  const at::Tensor all =
      kernels::attention(qkv, {{0, 17}}, {2, Mask::kCausal, {}, 0.4F, bias}).narrow(0, 16, 1);
  Rows rows(1);
  for (int32_t slot = 0; slot < 17; ++slot) rows[0].push_back(slot);
  const at::Tensor last = kernels::cached_attention(
      qkv.narrow(0, 16, 1).narrow(1, 0, width), qkv.narrow(1, width, width),
      qkv.narrow(1, 2 * width, width), spans(rows), {2, Mask::kCausal, {}, 0.4F, bias});
  CHECK(difference(last, all) < 2e-6);
}

TEST_CASE("cached attention refuses slots outside the cache and rows without any") {
  const at::Tensor q = random_tensor({1, 4}, 1);
  const at::Tensor kv = random_tensor({5, 4}, 1);
  const auto call = [&](const Rows& rows) {
    AttentionOptions options;
    return kernels::cached_attention(q, kv, kv, spans(rows), options);
  };
  CHECK_NOTHROW(call({{0, 4}}));
  CHECK_THROWS_AS(call({{0, 5}}), InternalError);
  CHECK_THROWS_AS(call({{-1}}), InternalError);
  CHECK_THROWS_AS(call({{}}), InternalError);
  CHECK_THROWS_AS(call({{0}, {1}}), InternalError);
}
