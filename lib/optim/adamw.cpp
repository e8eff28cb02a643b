#include "optim/adamw.h"

#include <ATen/ops/zeros.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>
#include <vector>

#include "base/error.h"
#include "base/strings.h"
#include "kernels/optimizer_step.h"

namespace finetune::optim {
namespace {

using tensors::NamedTensors;
using tensors::TensorView;

std::span<float> span_of(const at::Tensor& flat) {
  return {flat.data_ptr<float>(), static_cast<size_t>(flat.numel())};
}

/// The state as views of live buffers: the one place that knows the names.
void add_views(NamedTensors& state, const std::string& prefix, const FlatParameters& parameters,
               const at::Tensor& moment) {
  const auto owner = std::make_shared<at::Tensor>(moment);
  const std::vector<int64_t> begins = parameters.begins();
  for (size_t i = 0; i < begins.size(); ++i) {
    const FlatEntry& entry = parameters.entries()[i];
    TensorView view;
    view.dtype = tensors::DType::kF32;
    view.shape = entry.value.sizes().vec();
    view.bytes = std::as_bytes(span_of(moment).subspan(static_cast<size_t>(begins[i]),
                                                       static_cast<size_t>(entry.value.numel())));
    view.owner = owner;
    state.emplace(prefix + entry.name, std::move(view));
  }
}

bool is_same_layout(const TensorView& given, const TensorView& wanted) {
  return given.dtype == wanted.dtype && given.shape == wanted.shape && given.strides.empty() &&
         given.bytes.size() == wanted.bytes.size();
}

std::string describe(const TensorView& view) {
  std::string out(tensors::name_of(view.dtype));
  out += " [";
  for (size_t i = 0; i < view.shape.size(); ++i) {
    out += (i == 0 ? "" : ", ") + std::to_string(view.shape[i]);
  }
  return out + "]";
}

void check(const NamedTensors& given, const NamedTensors& wanted) {
  std::string problems;
  for (const auto& [name, view] : wanted) {
    const auto found = given.find(name);
    if (found == given.end()) {
      problems += "\n  missing: " + name;
    } else if (!is_same_layout(found->second, view)) {
      problems += "\n  " + base::quote(name) + " is " + describe(found->second) +
                  " in the checkpoint but " + describe(view) + " here";
    }
  }
  for (const auto& [name, view] : given) {
    if (!wanted.contains(name)) problems += "\n  unexpected: " + base::quote(name);
  }
  if (problems.empty()) return;
  const std::string file = given.empty() ? "" : given.begin()->second.file;
  throw CheckpointError("the optimizer state" + (file.empty() ? "" : " in " + base::quote(file)) +
                        " does not belong to this model:" + problems +
                        "\n  Resume with the model the checkpoint was made from");
}

}  // namespace

AdamW::AdamW(FlatParameters& parameters, const AdamWOptions& options)
    : parameters_(parameters), options_(options) {
  const auto size = static_cast<int64_t>(parameters.values().size());
  first_moment_ = at::zeros({size}, at::kFloat);
  second_moment_ = at::zeros({size}, at::kFloat);
}

double AdamW::gradient_norm(double scale) const {
  return std::sqrt(kernels::sum_of_squares(parameters_.gradients())) * std::abs(scale);
}

void AdamW::step(double learning_rate, double scale, double gradient_norm) {
  double clip = 1.0;
  if (options_.max_grad_norm > 0.0) {
    clip = std::min(1.0, options_.max_grad_norm / (gradient_norm + 1e-6));
  }
  ++num_updates_;
  kernels::AdamWScalars scalars;
  scalars.clip = static_cast<float>(scale * clip);
  scalars.learning_rate = static_cast<float>(learning_rate);
  scalars.beta1 = options_.beta1;
  scalars.beta2 = options_.beta2;
  scalars.epsilon = static_cast<float>(options_.epsilon);
  scalars.weight_decay = static_cast<float>(options_.weight_decay);
  scalars.l2 = static_cast<float>(options_.l2);
  scalars.update_number = num_updates_;

  const auto cut = static_cast<size_t>(parameters_.num_decayed());
  kernels::adamw_step(parameters_.values().first(cut), parameters_.gradients().first(cut),
                      span_of(first_moment_).first(cut), span_of(second_moment_).first(cut),
                      scalars);
  scalars.weight_decay = 0.0F;
  scalars.l2 = 0.0F;
  kernels::adamw_step(parameters_.values().subspan(cut), parameters_.gradients().subspan(cut),
                      span_of(first_moment_).subspan(cut), span_of(second_moment_).subspan(cut),
                      scalars);
}

NamedTensors AdamW::state() const {
  NamedTensors state;
  add_views(state, "exp_avg.", parameters_, first_moment_);
  add_views(state, "exp_avg_sq.", parameters_, second_moment_);
  return state;
}

void AdamW::load_state(const NamedTensors& state, int64_t num_updates) {
  if (num_updates < 0) {
    throw CheckpointError("the optimizer state claims " + std::to_string(num_updates) + " updates");
  }
  const NamedTensors own = this->state();
  check(state, own);
  for (const auto& [name, view] : own) {
    const TensorView& given = state.find(name)->second;
    // `own` views our buffers as const bytes: they are ours to write.
    std::memcpy(const_cast<std::byte*>(view.bytes.data()), given.bytes.data(), given.bytes.size());
  }
  num_updates_ = num_updates;
}

}  // namespace finetune::optim
