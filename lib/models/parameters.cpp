#include "models/parameters.h"

#include <torch/nn/module.h>

#include <cmath>
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

bool is_table(std::string_view name) {
  const std::string_view last = name.substr(name.rfind('.') + 1);
  return last == "words" || last == "positions" || last == "segments" || last == "shared" ||
         name.ends_with("relative_bias.bias");
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

/// Vaswani et al. 2017, section 3.5: sin(n / 10000^(2i/D)) and cos of the same, side by side.
void fill_sines(const at::Tensor& table) {
  const auto width = static_cast<double>(table.size(1));
  auto values = table.accessor<float, 2>();
  for (int64_t n = 0; n < table.size(0); ++n) {
    for (int64_t i = 0; i < table.size(1); ++i) {
      const int64_t even = i - i % 2;
      const double wavelength = std::pow(10000.0, static_cast<double>(even) / width);
      const double angle = static_cast<double>(n) / wavelength;
      values[n][i] = static_cast<float>(i % 2 == 0 ? std::sin(angle) : std::cos(angle));
    }
  }
}

}  // namespace

std::vector<NamedParameter> named_parameters(torch::nn::Module& module) {
  std::vector<NamedParameter> parameters;
  for (const auto& item : module.named_parameters()) {
    parameters.push_back({item.key(), item.value(), is_decayed(item.key())});
  }
  return parameters;
}

int64_t num_parameters_outside_tables(torch::nn::Module& module) {
  int64_t count = 0;
  for (const auto& item : module.named_parameters()) {
    if (!is_table(item.key())) count += item.value().numel();
  }
  return count;
}

std::map<std::string, at::Tensor> named_values(const torch::nn::Module& module) {
  std::map<std::string, at::Tensor> values;
  for (const auto& item : module.named_parameters()) values.emplace(item.key(), item.value());
  for (const auto& item : module.named_buffers()) values.emplace(item.key(), item.value());
  return values;
}

at::Tensor block_of(const at::Tensor& parameter, const NameRow& row) {
  const int64_t num_rows = parameter.size(0) / row.slice_count;
  const at::Tensor block = parameter.narrow(0, row.slice_index * num_rows, num_rows);
  return row.is_transposed ? block.t() : block;
}

void initialize(Model& model, std::span<const NameRow> rows, uint64_t seed) {
  const c10::NoGradGuard no_grad;
  const auto values_by_name = named_values(model.module());
  for (const NameRow& row : rows) {
    const at::Tensor block = block_of(values_by_name.at(row.ours), row);
    if (row.has_fresh_sines) {
      fill_sines(block);
      continue;
    }
    if (row.fresh_deviation == 0.0) {
      block.fill_(row.fresh_mean);
      continue;
    }
    const at::Tensor values = block.is_contiguous() ? block : block.contiguous();
    draw(values, row, seed);
    if (!values.is_same(block)) block.copy_(values);
    if (row.fresh_zero_row >= 0) block[row.fresh_zero_row].zero_();
  }
}

}  // namespace finetune::models
