#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "kernels/ops.h"
#include "nn/pass.h"

namespace finetune::nn {

/// Keys and values of the tokens that rows of text consist of so far. Every token has a slot, the
/// same in all layers; a row is a list of slots. Rows that share their beginning share its slots,
/// and a row that goes on from another copies a list of numbers, not keys and values. Slots that no
/// row names are taken again.
class DecoderCache {
 public:
  /// `width` is that of the keys. `source` may be null; else it must outlive the cache, and row b
  /// of the beginnings reads its sequence b.
  DecoderCache(size_t num_layers, int64_t width, const Source* source);

  /// The beginnings of the rows, whose keys and values are to be stored next.
  void begin(const kernels::Sequences& prompts);
  /// Rows parents[0], parents[1], ... each longer by a new token, whose keys and values are to be
  /// stored next. Throws InternalError for a parent that is no row.
  void advance(std::span<const int64_t> parents);

  bool is_stepping() const { return is_stepping_; }  ///< after advance()
  int64_t longest() const;                           ///< tokens of the longest row
  at::Tensor positions() const;                      ///< of the new tokens, int64 [R]

  /// Keys and values of the new tokens of a layer: columns D to 3D of qkv [R, 3D].
  void store(size_t layer, const at::Tensor& qkv);
  /// The new tokens' attention to all tokens of their rows: q [R, D] -> [R, D].
  at::Tensor attend(size_t layer, const at::Tensor& q,
                    const kernels::AttentionOptions& options) const;

  /// Keys and values [M, 2D] of the source in a layer; `make` is called once.
  const at::Tensor& source_kv(size_t layer, const std::function<at::Tensor()>& make);
  /// The new tokens' attention to their sources: q [R, D] -> [R, D].
  at::Tensor attend_source(size_t layer, const at::Tensor& q,
                           const kernels::AttentionOptions& options) const;

 private:
  using Slots = std::vector<int32_t>;

  void take_slots(size_t count);
  void find_free();
  void grow(size_t count);

  int64_t width_;
  std::vector<at::Tensor> kv_;         ///< a layer each: [capacity, 2D]
  std::vector<at::Tensor> source_kv_;  ///< a layer each: [M, 2D]
  std::vector<Slots> source_slots_;    ///< a source sequence each
  std::vector<Slots> rows_;
  std::vector<size_t> sources_;  ///< which source a row reads
  Slots newest_;                 ///< slots of the new tokens
  Slots free_;
  size_t capacity_ = 0;
  bool is_stepping_ = false;
};

}  // namespace finetune::nn
