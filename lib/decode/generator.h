#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "decode/options.h"
#include "models/language_model.h"
#include "models/seq2seq_model.h"

/// Writing text with a trained model.
namespace finetune::decode {

/// One text that a model wrote.
struct Hypothesis {
  std::vector<int32_t> token_ids;  ///< without start id or prompt; the end id, if it came, is last
  double log_probability = 0.0;    ///< sum over these tokens; with beams, after the rules
  double score = 0.0;              ///< log_probability / length^length_penalty: ranks hypotheses
};

/// The hypotheses of one source or prompt, best first; at least one, at most
/// options.num_return_sequences.
using Hypotheses = std::vector<Hypothesis>;

/// Writes texts for each source. A result does not depend on its neighbours in the batch; finished
/// texts leave it. Runs without gradients and dropout. streams[i] numbers the random stream that
/// text i is sampled from, so that texts of one input differ however it is cut into batches;
/// without them i does. Throws ConfigError as check() does, DivergedError when the model gives NaN.
std::vector<Hypotheses> generate(models::Seq2SeqModel& model, const nn::TokenBatch& sources,
                                 const Options& options, std::span<const int64_t> streams = {});

/// Continues each prompt. Throws ConfigError, too, for a prompt that leaves no room to go on.
std::vector<Hypotheses> generate(models::LanguageModel& model, const nn::TokenBatch& prompts,
                                 const Options& options, std::span<const int64_t> streams = {});

}  // namespace finetune::decode
