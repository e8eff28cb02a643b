#include "nn/decoder_cache.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/tensor.h>

#include <algorithm>
#include <numeric>

#include "base/error.h"

namespace finetune::nn {
namespace {

constexpr size_t kLeastCapacity = 256;

std::vector<std::span<const int32_t>> views_of(const std::vector<std::vector<int32_t>>& rows) {
  return {rows.begin(), rows.end()};
}

at::Tensor keys_of(const at::Tensor& kv) { return kv.narrow(1, 0, kv.size(1) / 2); }
at::Tensor values_of(const at::Tensor& kv) { return kv.narrow(1, kv.size(1) / 2, kv.size(1) / 2); }

}  // namespace

DecoderCache::DecoderCache(size_t num_layers, int64_t width, const Source* source)
    : width_(width), kv_(num_layers), source_kv_(num_layers) {
  for (at::Tensor& kv : kv_) kv = at::empty({0, 2 * width});
  if (source == nullptr) return;
  const std::vector<int64_t>& offsets = source->sequences.offsets;
  for (size_t b = 1; b < offsets.size(); ++b) {
    Slots slots(static_cast<size_t>(offsets[b] - offsets[b - 1]));
    std::iota(slots.begin(), slots.end(), static_cast<int32_t>(offsets[b - 1]));
    source_slots_.push_back(std::move(slots));
  }
}

void DecoderCache::begin(const kernels::Sequences& prompts) {
  rows_.clear();
  take_slots(static_cast<size_t>(prompts.num_tokens()));
  for (size_t b = 1; b < prompts.offsets.size(); ++b) {
    rows_.emplace_back(newest_.begin() + prompts.offsets[b - 1],
                       newest_.begin() + prompts.offsets[b]);
  }
  sources_.resize(rows_.size());
  std::iota(sources_.begin(), sources_.end(), size_t{0});
}

void DecoderCache::advance(std::span<const int64_t> parents) {
  std::vector<Slots> rows;
  std::vector<size_t> sources;
  rows.reserve(parents.size());
  for (const int64_t parent : parents) {
    if (parent < 0 || parent >= static_cast<int64_t>(rows_.size())) {
      throw InternalError("a decoded row continues a row that does not exist");
    }
    rows.push_back(rows_[static_cast<size_t>(parent)]);
    sources.push_back(sources_[static_cast<size_t>(parent)]);
  }
  rows_ = std::move(rows);
  sources_ = std::move(sources);
  take_slots(rows_.size());
  for (size_t r = 0; r < rows_.size(); ++r) rows_[r].push_back(newest_[r]);
  is_stepping_ = true;
}

int64_t DecoderCache::longest() const {
  size_t length = 0;
  for (const Slots& row : rows_) length = std::max(length, row.size());
  return static_cast<int64_t>(length);
}

at::Tensor DecoderCache::positions() const {
  std::vector<int64_t> positions;
  positions.reserve(rows_.size());
  for (const Slots& row : rows_) positions.push_back(static_cast<int64_t>(row.size()) - 1);
  return at::tensor(positions, at::kLong);
}

void DecoderCache::store(size_t layer, const at::Tensor& qkv) {
  const at::Tensor slots = at::tensor(at::ArrayRef<int32_t>(newest_), at::kInt);
  kv_[layer].index_copy_(0, slots.to(at::kLong), qkv.narrow(1, width_, 2 * width_));
}

at::Tensor DecoderCache::attend(size_t layer, const at::Tensor& q,
                                const kernels::AttentionOptions& options) const {
  const at::Tensor& kv = kv_[layer];
  return kernels::cached_attention(q, keys_of(kv), values_of(kv), views_of(rows_), options);
}

const at::Tensor& DecoderCache::source_kv(size_t layer, const std::function<at::Tensor()>& make) {
  if (!source_kv_[layer].defined()) source_kv_[layer] = make();
  return source_kv_[layer];
}

at::Tensor DecoderCache::attend_source(size_t layer, const at::Tensor& q,
                                       const kernels::AttentionOptions& options) const {
  std::vector<std::span<const int32_t>> slots;
  slots.reserve(sources_.size());
  for (const size_t source : sources_) slots.emplace_back(source_slots_.at(source));
  const at::Tensor& kv = source_kv_[layer];
  return kernels::cached_attention(q, keys_of(kv), values_of(kv), slots, options);
}

/// Fills newest_ with `count` slots that no row names.
void DecoderCache::take_slots(size_t count) {
  if (free_.size() < count) find_free();
  if (free_.size() < count) grow(count);
  newest_.assign(free_.end() - static_cast<std::ptrdiff_t>(count), free_.end());
  free_.resize(free_.size() - count);
}

void DecoderCache::find_free() {
  std::vector<bool> is_named(capacity_, false);
  for (const Slots& row : rows_) {
    for (const int32_t slot : row) is_named[static_cast<size_t>(slot)] = true;
  }
  free_.clear();
  for (size_t slot = capacity_; slot-- > 0;) {
    if (!is_named[slot]) free_.push_back(static_cast<int32_t>(slot));
  }
}

void DecoderCache::grow(size_t count) {
  capacity_ = std::max({kLeastCapacity, 2 * capacity_, capacity_ + count});
  for (at::Tensor& kv : kv_) {
    const at::Tensor larger = at::empty({static_cast<int64_t>(capacity_), kv.size(1)});
    larger.narrow(0, 0, kv.size(0)).copy_(kv);
    kv = larger;
  }
  find_free();
}

}  // namespace finetune::nn
