#include "models/parameters.h"

#include <torch/nn/module.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "models/models_test_support.h"
#include "models/registry.h"

namespace finetune::models {
namespace {

using nlohmann::json;

std::map<std::string, at::Tensor> built(const json& config, uint64_t seed) {
  const auto model = build_sequence_classifier(config, {}, seed);
  std::map<std::string, at::Tensor> values;
  for (const auto& [name, view] : export_weights(*model)) values[name] = test::to_tensor(view);
  return values;
}

TEST_CASE(
    "fresh matrices are normal with the config's deviation, biases zero, norms one and zero") {
  json config = test::tiny_config();
  config["initializer_range"] = 0.05;
  for (const auto& [name, values] : built(config, 4)) {
    INFO(name);
    if (name.ends_with(".bias")) {
      CHECK(values.abs().max().item<double>() == 0.0);
    } else if (name.find("LayerNorm") != std::string::npos) {
      CHECK((values - 1).abs().max().item<double>() == 0.0);
    } else {
      const auto count = static_cast<double>(values.numel());
      // Five standard errors of a mean and of a deviation.
      CHECK(std::abs(values.mean().item<double>()) < 5 * 0.05 / std::sqrt(count));
      CHECK(std::abs(values.std().item<double>() - 0.05) < 5 * 0.05 / std::sqrt(2 * count));
    }
  }
}

TEST_CASE("tables of a classifier are left out of the parameters that do the work") {
  const json config = test::tiny_config();
  const auto model = build_sequence_classifier(config, {}, 4);
  int64_t all = 0;
  for (const auto& parameter : named_parameters(model->module())) all += parameter.value.numel();
  const auto size = [&](const char* key) { return config.at(key).get<int64_t>(); };
  const int64_t rows =
      size("vocab_size") + size("max_position_embeddings") + size("type_vocab_size");
  CHECK(num_parameters_outside_tables(model->module()) == all - rows * size("hidden_size"));
}

TEST_CASE("the seed decides the fresh values") {
  const auto first = built(test::tiny_config(), 4);
  const auto again = built(test::tiny_config(), 4);
  const auto other = built(test::tiny_config(), 5);
  for (const auto& [name, values] : first) {
    CHECK(values.equal(again.at(name)));
    const bool is_constant = name.ends_with(".bias") || name.find("LayerNorm") != std::string::npos;
    CHECK(values.equal(other.at(name)) == is_constant);
  }
}

TEST_CASE("another layer leaves the fresh values of all others as they are") {
  json deeper = test::tiny_config();
  deeper["num_hidden_layers"] = 3;
  const auto with_third = built(deeper, 4);
  const auto without = built(test::tiny_config(), 4);
  CHECK(with_third.size() > without.size());
  for (const auto& [name, values] : without) CHECK(values.equal(with_third.at(name)));
}

TEST_CASE("no two matrices have the same fresh values, blocks of a fused weight included") {
  std::set<float> first_values;
  size_t num_matrices = 0;
  for (const auto& [name, values] : built(test::tiny_config(), 4)) {
    if (values.dim() != 2) continue;
    ++num_matrices;
    first_values.insert(values[0][0].item<float>());
  }
  CHECK(num_matrices == 17);
  CHECK(first_values.size() == num_matrices);
}

TEST_CASE("a transposed block is a view with swapped dimensions") {
  const auto model = construct_sequence_classifier(test::tiny_config(), {});
  const at::Tensor parameter =
      model->module().named_parameters()["encoder.layer_0.feed_forward.inner.weight"];
  NameRow row;
  row.ours = "encoder.layer_0.feed_forward.inner.weight";
  row.theirs = "x";
  row.is_transposed = true;
  row.fresh_deviation = 1.0;
  CHECK(block_of(parameter, row).sizes() == at::IntArrayRef({32, 48}));
  const std::vector<NameRow> rows = {row};
  initialize(*model, rows, 1);
  const at::Tensor transposed = parameter.t().contiguous().clone();
  row.is_transposed = false;
  const std::vector<NameRow> plain = {row};
  initialize(*model, plain, 1);
  CHECK(transposed.flatten().equal(parameter.flatten()));
}

}  // namespace
}  // namespace finetune::models
