#include "decode/score.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/log_softmax.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros_like.h>

#include "base/error.h"
#include "base/strings.h"

namespace finetune::decode {
namespace {

/// A ragged batch of these sequences, positions counted from 0, in segment 0.
nn::TokenBatch to_batch(const std::vector<std::vector<int64_t>>& sequences) {
  std::vector<int64_t> ids;
  std::vector<int64_t> positions;
  nn::TokenBatch batch;
  batch.sequences.offsets = {0};
  for (const auto& sequence : sequences) {
    ids.insert(ids.end(), sequence.begin(), sequence.end());
    for (size_t i = 0; i < sequence.size(); ++i) positions.push_back(static_cast<int64_t>(i));
    batch.sequences.offsets.push_back(static_cast<int64_t>(ids.size()));
  }
  batch.token_ids = at::tensor(ids);
  batch.positions = at::tensor(positions);
  batch.segments = at::zeros_like(batch.token_ids);
  return batch;
}

void check_counts(size_t num_first, const TokenLists& targets) {
  if (num_first != targets.size()) {
    throw InternalError(base::cat("score: ", targets.size(), " targets for ", num_first, " texts"));
  }
  for (const auto& target : targets) {
    if (target.empty()) throw InternalError("score: an empty target");
  }
}

/// hidden [sum of target lengths, D], a row for each token to be predicted.
std::vector<std::vector<double>> pick(const models::VocabularyHead& head, const at::Tensor& hidden,
                                      const TokenLists& targets) {
  const at::Tensor log_probs = at::log_softmax(models::logits(head, hidden), 1);
  const float* row = log_probs.const_data_ptr<float>();
  std::vector<std::vector<double>> scores;
  for (const auto& target : targets) {
    auto& of_target = scores.emplace_back();
    for (const int32_t id : target) {
      of_target.push_back(row[id]);
      row += log_probs.size(1);
    }
  }
  return scores;
}

}  // namespace

std::vector<std::vector<double>> score(models::Seq2SeqModel& model, const nn::TokenBatch& sources,
                                       const TokenLists& targets) {
  const c10::NoGradGuard no_grad;
  check_counts(static_cast<size_t>(sources.sequences.count()), targets);
  std::vector<std::vector<int64_t>> inputs;
  for (const auto& target : targets) {
    const std::vector<int64_t> labels(target.begin(), target.end());
    inputs.push_back(models::decoder_inputs(labels, model.special_ids().decoder_start.value()));
  }
  const models::EncodedSource encoded = model.encode(sources, {});
  return pick(model.head(), model.decode(to_batch(inputs), encoded, {}, {}), targets);
}

std::vector<std::vector<double>> score(models::LanguageModel& model, const TokenLists& prompts,
                                       const TokenLists& targets) {
  const c10::NoGradGuard no_grad;
  check_counts(prompts.size(), targets);
  std::vector<std::vector<int64_t>> inputs;
  std::vector<int64_t> rows;
  int64_t begin = 0;
  for (size_t i = 0; i < targets.size(); ++i) {
    if (prompts[i].empty()) throw InternalError("score: an empty prompt");
    auto& input = inputs.emplace_back(prompts[i].begin(), prompts[i].end());
    input.insert(input.end(), targets[i].begin(), targets[i].end() - 1);
    const auto first = begin + static_cast<int64_t>(prompts[i].size()) - 1;
    begin += static_cast<int64_t>(input.size());
    for (int64_t row = first; row < begin; ++row) rows.push_back(row);
  }
  return pick(model.head(), model.hidden(to_batch(inputs), {}, at::tensor(rows)), targets);
}

}  // namespace finetune::decode
