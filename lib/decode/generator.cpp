#include "decode/generator.h"

#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/tensor.h>

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/log.h"
#include "base/strings.h"
#include "decode/search.h"
#include "kernels/vocabulary.h"

namespace finetune::decode {
namespace {

using Prompts = std::vector<std::vector<int32_t>>;

int64_t length_limit(const Options& options, size_t prompt_length, int64_t model_limit) {
  const auto length = static_cast<int64_t>(prompt_length);
  int64_t limit = model_limit;
  if (options.max_new_tokens > 0) limit = std::min(limit, length + options.max_new_tokens);
  if (options.max_length > 0) limit = std::min(limit, options.max_length);
  if (limit <= length) {
    throw ConfigError(base::cat("generation: a prompt of ", length,
                                " tokens leaves no room to go on: at most ", limit,
                                " fit; shorten it or raise max_length"));
  }
  return limit;
}

uint64_t stream_of(std::span<const int64_t> streams, int64_t index) {
  if (streams.empty()) return static_cast<uint64_t>(index);
  if (index >= static_cast<int64_t>(streams.size())) {
    throw InternalError("generation: fewer random streams than texts");
  }
  return static_cast<uint64_t>(streams[static_cast<size_t>(index)]);
}

/// One batch of searches over a model.
class Batch {
 public:
  Batch(models::IncrementalDecoder& decoder, models::VocabularyHead head, const Options& options)
      : decoder_(decoder), head_(std::move(head)), options_(options) {}

  void add(std::vector<int32_t> prompt, int64_t model_limit, uint64_t stream) {
    const int64_t limit = length_limit(options_, prompt.size(), model_limit);
    const auto least = std::max(options_.min_length,
                                static_cast<int64_t>(prompt.size()) + options_.min_new_tokens);
    if (limit < least) ++num_short_;
    prompts_.push_back(prompt);
    searches_.push_back(make_search(options_, {std::move(prompt), limit, stream}));
  }

  std::vector<Hypotheses> run();

 private:
  /// The rows of the last step that belong to one search.
  struct Rows {
    size_t search = 0;
    int64_t begin = 0;
    int64_t count = 0;
  };

  at::Tensor prefill();
  void advance(const at::Tensor& hidden);
  at::Tensor step();

  models::IncrementalDecoder& decoder_;
  models::VocabularyHead head_;
  const Options& options_;
  Prompts prompts_;
  std::vector<std::unique_ptr<Search>> searches_;
  std::vector<Rows> rows_;  ///< of searches that are not over
  int64_t num_short_ = 0;   ///< prompts so long that their texts end before the least length
};

at::Tensor Batch::prefill() {
  std::vector<int64_t> ids;
  kernels::Sequences sequences{{0}};
  for (size_t i = 0; i < prompts_.size(); ++i) {
    ids.insert(ids.end(), prompts_[i].begin(), prompts_[i].end());
    sequences.offsets.push_back(static_cast<int64_t>(ids.size()));
    rows_.push_back({i, static_cast<int64_t>(i), 1});
  }
  return decoder_.prefill(at::tensor(ids), sequences);
}

void Batch::advance(const at::Tensor& hidden) {
  const at::Tensor scores = models::logits(head_, hidden);
  const std::vector<float> sums =
      takes_log_probs(options_) ? kernels::log_softmax_in_place(scores) : kernels::log_sums(scores);
  if (std::ranges::any_of(sums, [](float sum) { return !std::isfinite(sum); })) {
    throw DivergedError(
        "the model's scores of the next token are NaN or infinite: its weights are damaged, or "
        "training diverged");
  }
  const auto vocab_size = static_cast<size_t>(scores.size(1));
  auto* data = scores.data_ptr<float>();
  at::parallel_for(0, static_cast<int64_t>(rows_.size()), 1, [&](int64_t first, int64_t last) {
    for (int64_t i = first; i < last; ++i) {
      const Rows& rows = rows_[static_cast<size_t>(i)];
      const auto begin = static_cast<size_t>(rows.begin);
      const auto count = static_cast<size_t>(rows.count);
      searches_[rows.search]->advance({data + begin * vocab_size, count * vocab_size},
                                      std::span(sums).subspan(begin, count));
    }
  });
}

/// -> hidden states of the new rows, or undefined when every search is over.
at::Tensor Batch::step() {
  std::vector<Rows> next;
  std::vector<int64_t> tokens;
  std::vector<int64_t> parents;
  for (const Rows& rows : rows_) {
    const auto begin = static_cast<int64_t>(tokens.size());
    for (const NextRow& row : searches_[rows.search]->next_rows()) {
      tokens.push_back(row.token);
      parents.push_back(rows.begin + row.parent);
    }
    const int64_t count = static_cast<int64_t>(tokens.size()) - begin;
    if (count > 0) next.push_back({rows.search, begin, count});
  }
  rows_ = std::move(next);
  return tokens.empty() ? at::Tensor() : decoder_.step(tokens, parents);
}

std::vector<Hypotheses> Batch::run() {
  std::vector<Hypotheses> results;
  if (searches_.empty()) return results;
  if (num_short_ > 0) {
    base::log_warning(base::cat("generation: ", num_short_, " of ", searches_.size(),
                                " prompts leave no room for min_new_tokens ",
                                options_.min_new_tokens, " or min_length ", options_.min_length,
                                ": their texts end before"));
  }
  for (at::Tensor hidden = prefill(); hidden.defined(); hidden = step()) advance(hidden);
  for (const auto& search : searches_) results.push_back(search->results());
  return results;
}

}  // namespace

std::vector<Hypotheses> generate(models::Seq2SeqModel& model, const nn::TokenBatch& sources,
                                 const Options& options, std::span<const int64_t> streams) {
  const c10::NoGradGuard no_grad;
  const Options complete = with_ids_of(options, model.special_ids());
  check(complete, model.target_vocab_size());
  const auto decoder = model.start_decoding(model.encode(sources, {}));
  Batch batch(*decoder, model.head(), complete);
  for (int64_t i = 0; i < sources.sequences.count(); ++i) {
    batch.add({complete.decoder_start_token_id.value()}, model.max_target_length(),
              stream_of(streams, i));
  }
  return batch.run();
}

std::vector<Hypotheses> generate(models::LanguageModel& model, const nn::TokenBatch& prompts,
                                 const Options& options, std::span<const int64_t> streams) {
  const c10::NoGradGuard no_grad;
  const Options complete = with_ids_of(options, model.special_ids());
  check(complete, model.vocab_size());
  const auto decoder = model.start_decoding();
  Batch batch(*decoder, model.head(), complete);
  const auto& offsets = prompts.sequences.offsets;
  const auto* ids = prompts.token_ids.const_data_ptr<int64_t>();
  for (int64_t i = 0; i < prompts.sequences.count(); ++i) {
    const auto at = static_cast<size_t>(i);
    batch.add({ids + offsets[at], ids + offsets[at + 1]}, model.max_length(),
              stream_of(streams, i));
  }
  return batch.run();
}

}  // namespace finetune::decode
