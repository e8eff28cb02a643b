// Twenty steps of fine-tuning against transformers: model, loss, clipping, decay groups, AdamW and
// schedule together.

#include <ATen/core/Tensor.h>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "kernels/ops.h"
#include "models/models_test_support.h"
#include "optim/adamw.h"
#include "optim/schedule.h"

namespace finetune::models {
namespace {

using nlohmann::json;

optim::FlatParameters flatten(SequenceClassifier& model) {
  std::vector<optim::FlatEntry> entries;
  for (auto& parameter : named_parameters(model.module())) {
    entries.push_back({parameter.name, parameter.value, parameter.is_decayed});
  }
  return optim::FlatParameters(std::move(entries));
}

TEST_CASE("twenty training steps without dropout follow transformers' losses and norms") {
  const json training = test::tiny_expected()["training"];
  const json& steps = training["steps"];
  const auto model = test::load_tiny_bert();
  optim::FlatParameters parameters = flatten(*model);
  optim::AdamWOptions options;
  options.weight_decay = training["weight_decay"];
  options.max_grad_norm = training["max_grad_norm"];
  optim::AdamW optimizer(parameters, options);
  optim::Schedule schedule;
  schedule.warmup_steps = training["warmup_steps"];
  schedule.total_steps = static_cast<int64_t>(steps.size());
  for (int64_t step = 0; step < schedule.total_steps; ++step) {
    INFO("step " << step);
    const json& expected = steps[static_cast<size_t>(step)];
    const double learning_rate =
        training["learning_rate"].get<double>() * optim::schedule_factor(schedule, step);
    CHECK(learning_rate == Approx(expected["learning_rate"].get<double>()).epsilon(1e-12));
    const at::Tensor labels = test::read_labels(expected["batch"]);
    const double scale = 1.0 / static_cast<double>(labels.size(0));
    const at::Tensor loss = kernels::cross_entropy_sum(
        model->logits(test::read_batch(expected["batch"]), nn::Pass{true, 1, 1}), labels);
    loss.backward();
    const double norm = optimizer.gradient_norm(scale);
    optimizer.step(learning_rate, scale, norm);
    // Rounding grows with every step at this large learning rate; both stay below 1e-4.
    CHECK(loss.item<double>() * scale ==
          Approx(expected["loss"].get<double>()).epsilon(0).margin(1e-4));
    CHECK(norm == Approx(expected["grad_norm"].get<double>()).epsilon(1e-4));
  }
}

}  // namespace
}  // namespace finetune::models
