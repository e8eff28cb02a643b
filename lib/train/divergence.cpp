#include "train/divergence.h"

#include <ATen/ops/dot.h>

#include <cmath>

#include "base/error.h"
#include "base/strings.h"
#include "tensors/convert.h"

namespace finetune::train {

namespace {

constexpr const char* kAdvice =
    ". This state is not saved; the checkpoints are those of earlier updates. Lower "
    "optimizer.learning_rate or set training.max_grad_norm.";

}  // namespace

void refuse_update(const std::string& where) {
  throw DivergedError(
      where +
      ". Weights and checkpoints are as before this update. Lower optimizer.learning_rate, set "
      "training.max_grad_norm, look at those rows, or set training.nonfinite to \"skip\".");
}

void require_sound_state(const optim::FlatParameters& parameters, const optim::AdamW& optimizer) {
  const auto fail = [&](const std::string& what) {
    throw DivergedError(base::cat(what, " after ", optimizer.num_updates(), " updates", kAdvice));
  };
  for (const optim::FlatEntry& entry : parameters.entries()) {
    const at::Tensor values = entry.value.detach().flatten();
    if (!std::isfinite(at::dot(values, values).item<float>()))
      fail(base::cat("the weights ", entry.name, " are not finite, or too large to compute with,"));
  }
  for (const auto& [name, moment] : optimizer.state()) {
    if (!tensors::all_finite(moment)) fail(base::cat("the moments ", name, " are not finite"));
  }
}

void require_finite_loss(const metrics::Values& values) {
  const auto loss = values.find("loss");
  if (loss == values.end() || !loss->second || std::isfinite(*loss->second)) return;
  throw DivergedError(base::cat("the loss of the evaluation is ", *loss->second));
}

std::string failed_evaluation(int64_t num_updates) {
  return base::cat("evaluating after ", num_updates, " updates", kAdvice);
}

}  // namespace finetune::train
