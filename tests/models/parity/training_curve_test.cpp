// Twenty steps of fine-tuning against transformers: model, loss, clipping, decay groups, AdamW and
// schedule together.

#include <ATen/core/Tensor.h>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "models/parity/parity.h"
#include "optim/adamw.h"
#include "optim/schedule.h"

namespace finetune::test {
namespace {

using nlohmann::json;

optim::FlatParameters flatten(models::Model& model) {
  std::vector<optim::FlatEntry> entries;
  for (auto& parameter : models::named_parameters(model.module())) {
    if (!parameter.value.requires_grad()) continue;
    entries.push_back({parameter.name, parameter.value, parameter.is_decayed});
  }
  return optim::FlatParameters(std::move(entries));
}

TEST_CASE("twenty training steps without dropout follow transformers' losses and norms") {
  const std::string name = GENERATE(from_range(fixtures()));
  INFO(name);
  const json training = fixture_expected(name)["training"];
  const json& steps = training["steps"];
  const auto subject = load_fixture(name);
  optim::FlatParameters parameters = flatten(subject->model());
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
    const at::Tensor loss = subject->loss(expected["batch"], {true, 1, 1});
    loss.backward();
    const double norm = optimizer.gradient_norm(1.0);
    optimizer.step(learning_rate, 1.0, norm);
    // Rounding grows with every step at this large learning rate; both stay below 1e-4.
    CHECK(loss.item<double>() == Approx(expected["loss"].get<double>()).epsilon(0).margin(1e-4));
    CHECK(norm == Approx(expected["grad_norm"].get<double>()).epsilon(1e-4));
  }
}

}  // namespace
}  // namespace finetune::test
