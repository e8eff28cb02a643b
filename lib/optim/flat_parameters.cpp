#include "optim/flat_parameters.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <set>
#include <utility>

#include "base/error.h"

namespace finetune::optim {
namespace {

constexpr int64_t kAlignment =
    64 / sizeof(float);  // elements: one cache line, one AVX-512 register

int64_t aligned(int64_t count) { return (count + kAlignment - 1) / kAlignment * kAlignment; }

void check(const std::vector<FlatEntry>& entries) {
  if (entries.empty()) {
    throw ConfigError(
        "there is nothing to train: every parameter of the model is frozen. Unfreeze at least one");
  }
  std::set<std::string> names;
  std::set<const void*> tensors;
  for (const FlatEntry& entry : entries) {
    const at::Tensor& value = entry.value;
    if (!value.defined() || value.scalar_type() != at::kFloat || !value.device().is_cpu() ||
        !value.is_leaf() || !value.requires_grad()) {
      throw InternalError("parameter '" + entry.name +
                          "' must be an fp32 CPU leaf that requires gradients");
    }
    if (!names.insert(entry.name).second) {
      throw InternalError("parameter '" + entry.name + "' was given twice");
    }
    if (!tensors.insert(value.unsafeGetTensorImpl()).second) {
      throw InternalError("parameter '" + entry.name +
                          "' is a tensor that was already given under another name");
    }
  }
}

at::Tensor view_of(const at::Tensor& flat, int64_t begin, const at::Tensor& like) {
  return flat.narrow(0, begin, like.numel()).view(like.sizes());
}

}  // namespace

FlatParameters::FlatParameters(std::vector<FlatEntry> entries) : entries_(std::move(entries)) {
  check(entries_);
  std::stable_partition(entries_.begin(), entries_.end(),
                        [](const FlatEntry& entry) { return entry.is_decayed; });
  int64_t size = 0;
  for (const FlatEntry& entry : entries_) {
    begins_.push_back(size);
    size += aligned(entry.value.numel());
    if (entry.is_decayed) num_decayed_ = size;
  }
  const at::NoGradGuard no_grad;
  values_ = at::zeros({size}, at::kFloat);
  gradients_ = at::zeros({size}, at::kFloat);
  for (size_t i = 0; i < entries_.size(); ++i) {
    at::Tensor& value = entries_[i].value;
    const at::Tensor view = view_of(values_, begins_[i], value);
    view.copy_(value);
    value.set_data(view);
    value.mutable_grad() = view_of(gradients_, begins_[i], value);
  }
}

std::span<float> FlatParameters::values() {
  return {values_.data_ptr<float>(), static_cast<size_t>(values_.numel())};
}

std::span<float> FlatParameters::gradients() {
  return {gradients_.data_ptr<float>(), static_cast<size_t>(gradients_.numel())};
}

int64_t FlatParameters::num_decayed() const { return num_decayed_; }

int64_t FlatParameters::num_parameters() const {
  int64_t count = 0;
  for (const FlatEntry& entry : entries_) count += entry.value.numel();
  return count;
}

const std::vector<FlatEntry>& FlatParameters::entries() const { return entries_; }

std::vector<int64_t> FlatParameters::begins() const { return begins_; }

}  // namespace finetune::optim
