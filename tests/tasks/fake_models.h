#pragma once

#include <ATen/ops/eye.h>
#include <ATen/ops/index_select.h>

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <utility>
#include <vector>

#include "base/error.h"
#include "decode/options.h"
#include "models/language_model.h"
#include "models/seq2seq_model.h"
#include "tasks/token_batch.h"

namespace finetune::test {

using Ids = std::vector<int64_t>;

inline Ids ids_of(const at::Tensor& tensor) {
  const at::Tensor flat = tensor.contiguous();
  return {flat.const_data_ptr<int64_t>(), flat.const_data_ptr<int64_t>() + flat.numel()};
}

/// Decoding writes token 4, then the end, whatever it is asked.
class FourThenEnd final : public models::IncrementalDecoder {
 public:
  FourThenEnd(at::Tensor table, int64_t end) : table_(std::move(table)), end_(end) {}

  at::Tensor prefill(const at::Tensor& /*prompts*/, const kernels::Sequences& sequences) override {
    return states(Ids(static_cast<size_t>(sequences.count()), 4));
  }
  at::Tensor step(std::span<const int64_t> token_ids, std::span<const int64_t>) override {
    return states(Ids(token_ids.size(), end_));
  }

 private:
  /// The states whose likeliest next tokens are `next`.
  at::Tensor states(const Ids& next) const {
    return at::index_select(at::eye(table_.size(0)), 0, tasks::to_tensor(next)).mul(20.0);
  }

  at::Tensor table_;
  int64_t end_;
};

/// The state of a token is row `token` of a table [V, V], whatever stands around it; the head is
/// the identity, so that states are logits. Keeps what it was fed.
class TableModel final : public models::LanguageModel {
 public:
  explicit TableModel(at::Tensor table) : table_(std::move(table)) {}

  at::Tensor hidden(const nn::TokenBatch& batch, const nn::Pass& /*pass*/,
                    const at::Tensor& rows) override {
    fed = batch;
    const at::Tensor states = at::index_select(table_, 0, batch.token_ids);
    return rows.defined() ? at::index_select(states, 0, rows) : states;
  }
  models::VocabularyHead head() const override { return {at::eye(table_.size(0)), {}}; }
  models::SpecialIds special_ids() const override {
    return {.bos = {},
            .pad = 0,
            .eos = {1},
            .decoder_start = {},
            .forced_bos = {},
            .forced_eos = {},
            .bad_words = {}};
  }
  std::unique_ptr<models::IncrementalDecoder> start_decoding() override {
    return std::make_unique<FourThenEnd>(table_, 1);
  }
  torch::nn::Module& module() override { throw InternalError("not used"); }
  models::NameTable names() const override { return {}; }
  nlohmann::json config() const override;
  int64_t vocab_size() const override { return table_.size(0); }
  int64_t max_length() const override { return 100; }

  nn::TokenBatch fed;

 private:
  at::Tensor table_;
};

/// The same as an encoder-decoder that does not look at its source; it starts with token 0.
class TableSeq2Seq final : public models::Seq2SeqModel {
 public:
  explicit TableSeq2Seq(at::Tensor table) : table_(std::move(table)) {}

  models::EncodedSource encode(const nn::TokenBatch& source, const nn::Pass& /*pass*/) override {
    fed_source = source;
    return {at::index_select(table_, 0, source.token_ids), source.sequences};
  }
  at::Tensor decode(const nn::TokenBatch& target, const models::EncodedSource& /*source*/,
                    const nn::Pass& /*pass*/, const at::Tensor& /*rows*/) override {
    fed_target = target;
    return at::index_select(table_, 0, target.token_ids);
  }
  models::VocabularyHead head() const override { return {at::eye(table_.size(0)), {}}; }
  models::SpecialIds special_ids() const override {
    return {.bos = {},
            .pad = 0,
            .eos = {1},
            .decoder_start = 0,
            .forced_bos = {},
            .forced_eos = {},
            .bad_words = {}};
  }
  std::unique_ptr<models::IncrementalDecoder> start_decoding(
      const models::EncodedSource& /*source*/) override {
    return std::make_unique<FourThenEnd>(table_, 1);
  }
  torch::nn::Module& module() override { throw InternalError("not used"); }
  models::NameTable names() const override { return {}; }
  nlohmann::json config() const override;
  int64_t vocab_size() const override { return table_.size(0); }
  int64_t max_length() const override { return 100; }

  nn::TokenBatch fed_source;
  nn::TokenBatch fed_target;

 private:
  at::Tensor table_;
};

/// Greedy writing of at most so many tokens.
inline decode::Options at_most(int64_t max_new_tokens) {
  decode::Options options;
  options.max_new_tokens = max_new_tokens;
  return options;
}

/// Two texts, "2 3" and "4", with targets "5 1" and "3 5 1".
inline data::Batch text_batch() {
  data::Batch batch;
  batch.token_ids = {2, 3, 4};
  batch.positions = {0, 1, 0};
  batch.segments = {0, 0, 0};
  batch.offsets = {0, 2, 3};
  batch.class_ids = {-1, -1};
  batch.label_ids = {5, 1, 3, 5, 1};
  batch.label_offsets = {0, 2, 5};
  batch.example_indices = {1, 0};
  return batch;
}

}  // namespace finetune::test
