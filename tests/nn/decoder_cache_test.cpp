#include "nn/decoder_cache.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/index_select.h>
#include <ATen/ops/tensor.h>

#include <catch2/catch.hpp>
#include <random>

#include "base/error.h"
#include "kernels/reference.h"
#include "nn/nn_test_support.h"

namespace finetune::nn {
namespace {

constexpr int64_t kWidth = 8;
constexpr size_t kLayers = 2;

/// Texts kept in full beside a cache: what attention over them must be.
struct Texts {
  std::vector<at::Tensor> rows;  ///< a row each: qkv of its tokens [T, 3D]

  void go_on(const std::vector<int64_t>& parents, const at::Tensor& qkv) {
    std::vector<at::Tensor> next;
    for (size_t r = 0; r < parents.size(); ++r) {
      next.push_back(at::cat(
          {rows[static_cast<size_t>(parents[r])], qkv.narrow(0, static_cast<int64_t>(r), 1)}));
    }
    rows = next;
  }

  at::Tensor last(const kernels::AttentionOptions& options) const {
    std::vector<at::Tensor> out;
    for (const at::Tensor& row : rows) {
      const at::Tensor all = kernels::reference::attention(row, {{0, row.size(0)}}, options);
      out.push_back(all.narrow(0, row.size(0) - 1, 1));
    }
    return at::cat(out);
  }
};

kernels::AttentionOptions causal() {
  kernels::AttentionOptions options;
  options.num_heads = 2;
  options.mask = kernels::Mask::kCausal;
  return options;
}

TEST_CASE(
    "rows that branch, reorder and end see their own tokens, however often slots are reused") {
  std::mt19937 random(3);
  DecoderCache cache(kLayers, kWidth, nullptr);
  const kernels::Sequences prompts{{0, 3, 4, 6}};
  const at::Tensor beginning = test::random_matrix(6, 3 * kWidth);
  cache.begin(prompts);
  CHECK_FALSE(cache.is_stepping());
  std::vector<Texts> layers(kLayers);
  for (size_t layer = 0; layer < kLayers; ++layer) {
    const at::Tensor qkv = beginning + static_cast<double>(layer);
    cache.store(layer, qkv);
    for (size_t b = 0; b < 3; ++b) {
      layers[layer].rows.push_back(qkv.slice(0, prompts.offsets[b], prompts.offsets[b + 1]));
    }
  }
  for (int64_t step = 0; step < 60; ++step) {  // far more tokens than are alive at any time
    std::vector<int64_t> parents(1 + random() % 20);
    const size_t num_rows = layers[0].rows.size();
    for (int64_t& parent : parents) parent = static_cast<int64_t>(random() % num_rows);
    cache.advance(parents);
    CHECK(cache.is_stepping());
    for (size_t layer = 0; layer < kLayers; ++layer) {
      at::Tensor qkv = test::random_matrix(static_cast<int64_t>(parents.size()), 3 * kWidth);
      qkv = (qkv * static_cast<double>(step + 1)).sin() + static_cast<double>(layer);
      layers[layer].go_on(parents, qkv);
      cache.store(layer, qkv);
      const at::Tensor out = cache.attend(layer, qkv.narrow(1, 0, kWidth), causal());
      CHECK(test::largest_difference(out, layers[layer].last(causal())) < 2e-6);
    }
    const at::Tensor positions = cache.positions();
    int64_t longest = 0;
    for (size_t r = 0; r < parents.size(); ++r) {
      const int64_t length = layers[0].rows[r].size(0);
      CHECK(positions[static_cast<int64_t>(r)].item<int64_t>() == length - 1);
      longest = std::max(longest, length);
    }
    CHECK(cache.longest() == longest);
  }
}

TEST_CASE("rows read the source that their first row read, whose keys are made once") {
  const Source source{test::random_matrix(5, 3), {{0, 2, 5}}};
  DecoderCache cache(1, kWidth, &source);
  cache.begin({{0, 1, 2}});
  const at::Tensor kv = test::random_matrix(5, 2 * kWidth);
  int64_t calls = 0;
  for (int64_t i = 0; i < 2; ++i) {
    cache.source_kv(0, [&] {
      ++calls;
      return kv;
    });
  }
  CHECK(calls == 1);
  cache.advance(std::vector<int64_t>{1, 0, 1});
  const at::Tensor q = test::random_matrix(3, kWidth);
  kernels::AttentionOptions options;
  options.num_heads = 2;
  const at::Tensor out = cache.attend_source(0, q, options);
  const kernels::Sequences one{{0, 1}};
  for (const auto& [row, first, count] :
       std::vector<std::tuple<int64_t, int64_t, int64_t>>{{0, 2, 3}, {1, 0, 2}, {2, 2, 3}}) {
    const at::Tensor expected = kernels::reference::cross_attention(
        q.narrow(0, row, 1), kv.narrow(0, first, count), one, {{0, count}}, options);
    CHECK(test::largest_difference(out.narrow(0, row, 1), expected) < 1e-6);
  }
}

TEST_CASE("a parent that is no row is refused") {
  DecoderCache cache(1, kWidth, nullptr);
  cache.begin({{0, 1, 2}});
  CHECK_THROWS_AS(cache.advance(std::vector<int64_t>{2}), InternalError);
  CHECK_THROWS_AS(cache.advance(std::vector<int64_t>{-1}), InternalError);
  CHECK_NOTHROW(cache.advance(std::vector<int64_t>{1}));
}

}  // namespace
}  // namespace finetune::nn
