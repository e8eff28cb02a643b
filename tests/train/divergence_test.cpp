#include "train/divergence.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/ones.h>

#include <catch2/catch.hpp>
#include <limits>

#include "base/error.h"
#include "support/error_of.h"

namespace finetune::train {
namespace {

using Catch::Matchers::Contains;
using test::error_of;

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

TEST_CASE("weights that are not finite, or whose norm is not, are refused by name") {
  optim::FlatParameters parameters(
      {{"first", at::ones({3}).requires_grad_()}, {"second", at::ones({2, 5}).requires_grad_()}});
  const optim::AdamW optimizer(parameters, {});
  const at::Tensor second = parameters.entries()[1].value;
  const at::NoGradGuard no_grad;
  for (const float good : {0.0F, -1e15F}) {
    second[1][4] = good;
    CHECK_NOTHROW(require_sound_state(parameters, optimizer));
  }
  for (const float bad : {kInfinity, -kInfinity, kNan, 1e20F}) {
    second[1][4] = bad;
    CHECK_THAT(error_of<DivergedError>([&] { require_sound_state(parameters, optimizer); }),
               Contains("second") && Contains("after 0 updates") && Contains("learning_rate"));
  }
}

TEST_CASE("moments that are not finite are refused by name") {
  optim::FlatParameters parameters({{"only", at::ones({3}).requires_grad_()}});
  optim::AdamWOptions options;
  options.max_grad_norm = 0.0;
  optim::AdamW optimizer(parameters, options);
  parameters.gradients()[1] = 1e25F;  // its square is beyond fp32
  optimizer.step(0.0, 1.0, 1e25);
  CHECK_THAT(error_of<DivergedError>([&] { require_sound_state(parameters, optimizer); }),
             Contains("exp_avg_sq.only") && Contains("after 1 updates"));
}

TEST_CASE("only a loss that is there and not finite is refused") {
  CHECK_NOTHROW(require_finite_loss({{"loss", 2.5}, {"perplexity", kInfinity}}));
  CHECK_NOTHROW(require_finite_loss({{"loss", std::nullopt}}));
  CHECK_NOTHROW(require_finite_loss({{"bleu", 0.0}}));
  for (const double loss : {kInfinity, kNan}) {
    CHECK_THROWS_AS(require_finite_loss({{"loss", loss}}), DivergedError);
  }
  CHECK_THAT(failed_evaluation(7), Contains("after 7 updates") && Contains("learning_rate"));
}

TEST_CASE("the refusal of an update says what can be done") {
  CHECK_THAT(error_of<DivergedError>([] { refuse_update("the loss is nan"); }),
             Contains("the loss is nan") && Contains("training.nonfinite"));
}

}  // namespace
}  // namespace finetune::train
