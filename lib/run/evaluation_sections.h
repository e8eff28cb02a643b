#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "config/duration.h"
#include "config/values.h"

namespace finetune::config {
class Fields;
}

/// The sections of a config file about judging a model, and about how it writes.
namespace finetune::run {

struct EvaluationSection {
  config::Duration every{1, config::Unit::kEpochs};
  std::string metric = "loss";
  int64_t batch_size = 64;
  std::optional<config::Duration> decode_every;  ///< absent: with every evaluation
  int64_t decode_examples = 200;
  int64_t samples = 3;

  void describe(config::Fields& fields);
};

/// How texts are written, with the names and meanings of transformers' GenerationConfig. What is
/// absent is as the model says (generation_defaults.h).
struct GenerationSection {
  std::optional<int64_t> num_beams;
  std::optional<int64_t> max_new_tokens;
  std::optional<int64_t> max_length;
  std::optional<int64_t> min_new_tokens;
  std::optional<int64_t> min_length;
  std::optional<double> length_penalty;
  std::optional<config::SwitchOrWord> early_stopping;  ///< or "never"
  std::optional<int64_t> num_return_sequences;
  std::optional<bool> do_sample;
  std::optional<double> temperature;
  std::optional<int64_t> top_k;
  std::optional<double> top_p;
  std::optional<double> min_p;
  std::optional<double> repetition_penalty;
  std::optional<int64_t> no_repeat_ngram_size;
  std::optional<bool> renormalize_logits;
  std::optional<int64_t> forced_bos_token_id;
  std::optional<int64_t> forced_eos_token_id;  ///< of both, -1: none

  void describe(config::Fields& fields);

 private:
  void describe_search(config::Fields& fields);
  void describe_lengths(config::Fields& fields);
  void describe_sampling(config::Fields& fields);
  void describe_rules(config::Fields& fields);
};

struct EarlyStoppingSection {
  int64_t patience = 1;
  double threshold = 0.0;
  std::optional<std::string> metric;  ///< absent: evaluation.metric

  void describe(config::Fields& fields);
};

}  // namespace finetune::run
