#include "optim/adamw.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstring>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "optim/schedule.h"
#include "support/test_support.h"

using finetune::CheckpointError;
using finetune::optim::AdamW;
using finetune::optim::AdamWOptions;
using finetune::optim::FlatEntry;
using finetune::optim::FlatParameters;
using finetune::tensors::NamedTensors;
using nlohmann::json;

namespace {

const json& fixture() {
  static const json value =
      json::parse(finetune::test::read_file(finetune::test::fixture("optim/fixtures/optim.json")));
  return value;
}

FlatParameters initial_parameters(const json& trajectory) {
  std::vector<FlatEntry> entries;
  const std::vector<std::string> decayed = fixture().at("decayed");
  for (const auto& [name, shape] : fixture().at("shapes").items()) {
    const std::vector<float> values = trajectory.at("initial").at(name);
    const at::Tensor value =
        at::tensor(values).view(shape.get<std::vector<int64_t>>()).requires_grad_();
    entries.push_back(
        {name, value, std::find(decayed.begin(), decayed.end(), name) != decayed.end()});
  }
  return FlatParameters(std::move(entries));
}

AdamWOptions options_of(const json& trajectory) {
  AdamWOptions options;
  options.weight_decay = trajectory.at("weight_decay");
  options.l2 = trajectory.at("l2");
  options.max_grad_norm = trajectory.at("max_grad_norm");
  return options;
}

void set_gradients(FlatParameters& flat, const json& gradients) {
  for (size_t i = 0; i < flat.entries().size(); ++i) {
    const std::vector<float> values = gradients.at(flat.entries()[i].name);
    std::copy(values.begin(), values.end(), flat.gradients().begin() + flat.begins()[i]);
  }
}

std::vector<float> values_of(const at::Tensor& tensor) {
  const at::Tensor flat = tensor.detach().contiguous();
  return {flat.data_ptr<float>(), flat.data_ptr<float>() + flat.numel()};
}

/// fp32 arithmetic in another order: some roundings of values of size 1, over 20 updates.
void check_close(const std::vector<float>& actual, const std::vector<float>& expected,
                 double relative = 2e-6) {
  REQUIRE(actual.size() == expected.size());
  for (size_t i = 0; i < actual.size(); ++i) {
    CHECK(actual[i] == Approx(expected[i]).epsilon(relative).margin(5e-7));
  }
}

/// One parameter of one element, decayed.
struct Scalar {
  explicit Scalar(const AdamWOptions& options)
      : flat({{"x", at::tensor(std::vector<float>{1.0F}).requires_grad_()}}),
        adamw(flat, options) {}

  float step(float gradient, double learning_rate) {
    flat.gradients()[0] = gradient;
    adamw.step(learning_rate, 1.0, adamw.gradient_norm(1.0));
    return flat.values()[0];
  }

  FlatParameters flat;
  AdamW adamw;
};

std::vector<float> floats_of(const finetune::tensors::TensorView& view) {
  std::vector<float> out(view.bytes.size() / sizeof(float));
  std::memcpy(out.data(), view.bytes.data(), view.bytes.size());
  return out;
}

}  // namespace

TEST_CASE("AdamW with clipping and a schedule follows torch.optim for 20 updates") {
  for (const json& trajectory : fixture().at("trajectories")) {
    INFO(trajectory.at("name").get<std::string>());
    FlatParameters flat = initial_parameters(trajectory);
    AdamW adamw(flat, options_of(trajectory));
    const double scale = trajectory.at("scale");
    const finetune::optim::Schedule schedule{finetune::optim::ScheduleType::kLinear,
                                             trajectory.at("warmup"), 20};
    for (const json& step : trajectory.at("steps")) {
      set_gradients(flat, step.at("gradients"));
      const double norm = adamw.gradient_norm(scale);
      CHECK(norm == Approx(step.at("gradient_norm").get<double>()).epsilon(1e-6));
      const double learning_rate = trajectory.at("base_learning_rate").get<double>() *
                                   schedule_factor(schedule, adamw.num_updates());
      CHECK(learning_rate == Approx(step.at("learning_rate").get<double>()).margin(1e-15));
      adamw.step(learning_rate, scale, norm);
      for (const FlatEntry& entry : flat.entries()) {
        if (!step.at("values").contains(entry.name)) continue;
        check_close(values_of(entry.value), step.at("values").at(entry.name));
      }
    }
    CHECK(adamw.num_updates() == 20);
    const NamedTensors state = adamw.state();
    CHECK(state.size() == trajectory.at("moments").size());
    for (const auto& [name, moment] : trajectory.at("moments").items()) {
      check_close(floats_of(state.at(name)), moment, 5e-6);  // fp32 rounding over 20 updates
    }
  }
}

TEST_CASE("two updates of one number give the published values") {
  AdamWOptions options;
  options.weight_decay = 0.01;
  options.max_grad_norm = 0.0;
  Scalar decoupled(options);
  CHECK(decoupled.step(0.1F, 1e-3) == Approx(0.998990000100).margin(6e-8));  // half a unit of fp32
  CHECK(decoupled.step(-0.2F, 1e-3) == Approx(0.999346113704).margin(1.2e-7));
  options.weight_decay = 0.0;
  options.l2 = 0.01;
  Scalar coupled(options);
  CHECK(coupled.step(0.1F, 1e-3) == Approx(0.999000000091).margin(6e-8));
}

TEST_CASE("clipping multiplies by max_norm / (norm + 1e-6) and leaves short gradients alone") {
  const auto first_moments = [](double max_norm, float scale) {
    FlatParameters flat({{"x", at::zeros({2}).requires_grad_()}});
    AdamWOptions options;
    options.beta1 = 0.0;  // the first moment is then the clipped gradient itself
    options.max_grad_norm = max_norm;
    AdamW adamw(flat, options);
    flat.gradients()[0] = 3.0F / scale;
    flat.gradients()[1] = 4.0F / scale;
    const double norm = adamw.gradient_norm(scale);
    CHECK(norm == Approx(5.0).epsilon(1e-7));
    adamw.step(0.0, scale, norm);
    CHECK(flat.gradients()[0] == 0.0F);
    return floats_of(adamw.state().at("exp_avg.x"));
  };
  CHECK(first_moments(1.0, 1.0F)[0] == Approx(3 * 0.199999960).epsilon(1e-7));
  CHECK(first_moments(1.0, 0.25F)[1] == Approx(4 * 0.199999960).epsilon(1e-7));
  CHECK(first_moments(6.0, 1.0F)[1] == 4.0F);
  CHECK(first_moments(0.0, 1.0F)[1] == 4.0F);
}

TEST_CASE("a saved and restored optimiser goes on bit for bit") {
  const json& trajectory = fixture().at("trajectories").at(0);
  const json& steps = trajectory.at("steps");
  const auto run = [&](FlatParameters& flat, AdamW& adamw, size_t begin, size_t end) {
    for (size_t i = begin; i < end; ++i) {
      set_gradients(flat, steps.at(i).at("gradients"));
      adamw.step(1e-2, 1.0, adamw.gradient_norm(1.0));
    }
  };
  FlatParameters whole = initial_parameters(trajectory);
  AdamW uninterrupted(whole, options_of(trajectory));
  run(whole, uninterrupted, 0, 10);

  FlatParameters resumed = initial_parameters(trajectory);
  std::copy(whole.values().begin(), whole.values().end(), resumed.values().begin());
  AdamW restored(resumed, options_of(trajectory));
  restored.load_state(uninterrupted.state(), uninterrupted.num_updates());
  CHECK(restored.num_updates() == 10);

  run(whole, uninterrupted, 10, 20);
  run(resumed, restored, 10, 20);
  CHECK(std::equal(whole.values().begin(), whole.values().end(), resumed.values().begin()));
  CHECK(floats_of(uninterrupted.state().at("exp_avg_sq.norm.weight")) ==
        floats_of(restored.state().at("exp_avg_sq.norm.weight")));
}

TEST_CASE("the state has the parameters' names and shapes and stays alive after the optimiser") {
  NamedTensors state;
  {
    FlatParameters flat = initial_parameters(fixture().at("trajectories").at(0));
    state = AdamW(flat, {}).state();
  }
  CHECK(state.size() == 8);
  CHECK(state.at("exp_avg.dense.weight").shape == std::vector<int64_t>{3, 5});
  CHECK(floats_of(state.at("exp_avg_sq.dense.bias")) == std::vector<float>(3, 0.0F));
}

TEST_CASE("a state of another model is refused with every difference and changes nothing") {
  FlatParameters flat = initial_parameters(fixture().at("trajectories").at(0));
  AdamW adamw(flat, {});
  flat.gradients()[0] = 1.0F;
  adamw.step(1e-3, 1.0, 1.0);
  FlatParameters source = initial_parameters(fixture().at("trajectories").at(0));
  NamedTensors state = AdamW(source, {}).state();
  state.erase("exp_avg.norm.weight");
  state.at("exp_avg.dense.weight").shape = {5, 3};
  state.at("exp_avg.dense.bias").dtype = finetune::tensors::DType::kI32;
  state["exp_avg.\x1b[31mextra"] = state.at("exp_avg.head.weight");
  try {
    adamw.load_state(state, 7);
    FAIL("expected CheckpointError");
  } catch (const CheckpointError& error) {
    const std::string message = error.what();
    INFO(message);
    CHECK(message.find("missing: exp_avg.norm.weight") != std::string::npos);
    CHECK(message.find("F32 [5, 3]") != std::string::npos);
    CHECK(message.find("I32 [3]") != std::string::npos);
    CHECK(message.find("unexpected") != std::string::npos);
    CHECK(message.find('\x1b') == std::string::npos);
  }
  CHECK(adamw.num_updates() == 1);
  CHECK(floats_of(adamw.state().at("exp_avg.dense.weight"))[0] != 0.0F);
  CHECK_THROWS_AS(adamw.load_state(adamw.state(), -1), CheckpointError);
}

TEST_CASE("a state whose bytes or strides do not fit its shape is refused") {
  FlatParameters flat = initial_parameters(fixture().at("trajectories").at(0));
  AdamW adamw(flat, {});
  NamedTensors short_bytes = adamw.state();
  auto& view = short_bytes.at("exp_avg.dense.weight");
  view.bytes = view.bytes.first(8);
  CHECK_THROWS_AS(adamw.load_state(short_bytes, 1), CheckpointError);
  NamedTensors strided = adamw.state();
  strided.at("exp_avg.dense.weight").strides = {1, 3};
  CHECK_THROWS_AS(adamw.load_state(strided, 1), CheckpointError);
}
