#include "models/parameters.h"

#include <torch/nn/module.h>

#include <map>

#include "base/hash.h"
#include "base/parallel.h"
#include "base/random.h"
#include "models/model.h"

namespace finetune::models {
namespace {

constexpr int64_t kGrain = 1 << 14;  // elements that one thread draws at a time

/// Weight decay spares biases and both parameters of a norm, whatever they are part of.
bool is_decayed(std::string_view name) {
  const std::string_view last = name.substr(name.rfind('.') + 1);
  return last != "bias" && last != "gain" && last != "shift";
}

void draw(const at::Tensor& values, const NameRow& row, uint64_t seed) {
  const base::RandomStream stream(seed, base::StreamPurpose::kInit, base::hash64(row.theirs));
  float* out = values.data_ptr<float>();
  base::parallel_for(
      values.numel(), kGrain, base::available_processors(), [&](int64_t begin, int64_t end) {
        for (int64_t i = begin; i < end; ++i) {
          out[i] = static_cast<float>(row.fresh_mean + row.fresh_deviation *
                                                           stream.normal(static_cast<uint64_t>(i)));
        }
      });
}

}  // namespace

std::vector<NamedParameter> named_parameters(torch::nn::Module& module) {
  std::vector<NamedParameter> parameters;
  for (const auto& item : module.named_parameters()) {
    parameters.push_back({item.key(), item.value(), is_decayed(item.key())});
  }
  return parameters;
}

at::Tensor block_of(const at::Tensor& parameter, const NameRow& row) {
  const int64_t num_rows = parameter.size(0) / row.slice_count;
  const at::Tensor block = parameter.narrow(0, row.slice_index * num_rows, num_rows);
  return row.is_transposed ? block.t() : block;
}

void initialize(Model& model, std::span<const NameRow> rows, uint64_t seed) {
  const c10::NoGradGuard no_grad;
  const auto parameters = model.module().named_parameters();
  for (const NameRow& row : rows) {
    const at::Tensor block = block_of(parameters[row.ours], row);
    if (row.fresh_deviation == 0.0) {
      block.fill_(row.fresh_mean);
      continue;
    }
    const at::Tensor values = block.is_contiguous() ? block : block.contiguous();
    draw(values, row, seed);
    if (!values.is_same(block)) block.copy_(values);
  }
}

}  // namespace finetune::models
