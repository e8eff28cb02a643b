#include "toy_language.h"

#include <ATen/ops/index_select.h>
#include <ATen/ops/zeros.h>
#include <torch/nn/module.h>

#include <nlohmann/json.hpp>

namespace finetune::test {
namespace {

constexpr int64_t kNumPairs = ToyLanguage::kVocabSize * ToyLanguage::kVocabSize;

float logit(int64_t before, int64_t last, int64_t token) {
  auto x = static_cast<uint32_t>(before * 73856093 + last * 19349663 + token * 83492791 + 12345);
  x ^= x >> 16;
  x *= 0x7feb352dU;
  x ^= x >> 15;
  x *= 0x846ca68bU;
  x ^= x >> 16;
  return static_cast<float>(x % 1048576) / 131072.0F - 4.0F;
}

struct Pair {
  int64_t before = 0;
  int64_t last = 0;
};

at::Tensor one_hot(const std::vector<Pair>& pairs) {
  at::Tensor states = at::zeros({static_cast<int64_t>(pairs.size()), kNumPairs});
  auto* out = states.mutable_data_ptr<float>();
  for (const Pair& pair : pairs) {
    out[pair.before * ToyLanguage::kVocabSize + pair.last] = 1.0F;
    out += kNumPairs;
  }
  return states;
}

class Decoder final : public models::IncrementalDecoder {
 public:
  at::Tensor prefill(const at::Tensor& prompts, const kernels::Sequences& sequences) override {
    const auto* ids = prompts.const_data_ptr<int64_t>();
    for (size_t i = 0; i + 1 < sequences.offsets.size(); ++i) {
      const int64_t end = sequences.offsets[i + 1];
      const bool has_two = end - sequences.offsets[i] > 1;
      rows_.push_back({has_two ? ids[end - 2] : 0, ids[end - 1]});
    }
    return one_hot(rows_);
  }

  at::Tensor step(std::span<const int64_t> token_ids, std::span<const int64_t> parents) override {
    std::vector<Pair> next;
    for (size_t r = 0; r < token_ids.size(); ++r) {
      next.push_back({rows_.at(static_cast<size_t>(parents[r])).last, token_ids[r]});
    }
    rows_ = std::move(next);
    return one_hot(rows_);
  }

 private:
  std::vector<Pair> rows_;
};

}  // namespace

models::VocabularyHead ToyLanguage::head() const {
  static const at::Tensor table = [] {
    at::Tensor weight = at::zeros({kVocabSize, kNumPairs});
    auto* out = weight.mutable_data_ptr<float>();
    for (int64_t token = 0; token < kVocabSize; ++token) {
      for (int64_t before = 0; before < kVocabSize; ++before) {
        for (int64_t last = 0; last < kVocabSize; ++last) *out++ = logit(before, last, token);
      }
    }
    return weight;
  }();
  return {table, {}};
}

at::Tensor ToyLanguage::hidden(const nn::TokenBatch& batch, const nn::Pass& /*pass*/,
                               const at::Tensor& rows) {
  const auto* ids = batch.token_ids.const_data_ptr<int64_t>();
  const auto* positions = batch.positions.const_data_ptr<int64_t>();
  std::vector<Pair> pairs;
  for (int64_t i = 0; i < batch.token_ids.numel(); ++i) {
    pairs.push_back({positions[i] > 0 ? ids[i - 1] : 0, ids[i]});
  }
  const at::Tensor states = one_hot(pairs);
  return rows.defined() ? at::index_select(states, 0, rows) : states;
}

std::unique_ptr<models::IncrementalDecoder> ToyLanguage::start_decoding() {
  return std::make_unique<Decoder>();
}

torch::nn::Module& ToyLanguage::module() {
  static torch::nn::Module none;
  return none;
}

nlohmann::json ToyLanguage::config() const { return {}; }

}  // namespace finetune::test
