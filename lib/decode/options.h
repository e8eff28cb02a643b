#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace finetune::models {
struct SpecialIds;
}

namespace finetune::decode {

/// When a beam search stops: as soon as num_beams hypotheses are finished; when the best running
/// one, judged at its present length, can no longer beat the worst finished one; or when it could
/// not even at the length that suits it best.
enum class EarlyStopping { kFirstFinished, kHeuristic, kNever };

/// How texts are written, with the names, meanings and, but for the length, defaults of
/// GenerationConfig in transformers 4.57.6. Lengths count tokens; max_length and min_length include
/// the prompt (of an encoder-decoder: the start id), max_new_tokens and min_new_tokens do not.
struct Options {
  int64_t max_new_tokens = 0;  ///< 0: what max_length says
  int64_t max_length = 0;      ///< 0: as many as the model can
  int64_t min_new_tokens = 0;
  int64_t min_length = 0;

  int64_t num_beams = 1;  ///< 1: greedy search, or sampling
  double length_penalty =
      1.0;  ///< score = sum of log-probabilities / (new tokens, end included)^this
  EarlyStopping early_stopping = EarlyStopping::kHeuristic;
  int64_t num_return_sequences = 1;

  bool do_sample = false;
  double temperature = 1.0;
  int64_t top_k = 50;  ///< 0: all
  double top_p = 1.0;
  std::optional<double> min_p;
  uint64_t seed = 0;  ///< of the random stream of sampling

  double repetition_penalty = 1.0;
  int64_t no_repeat_ngram_size = 0;  ///< 0: off
  std::vector<int32_t> suppress_tokens;
  bool renormalize_logits = false;  ///< makes log-probabilities again of what the rules leave

  /// Whether what is left open below is as the model's config.json says; else it is off.
  bool takes_model_ids = true;
  std::optional<int32_t> decoder_start_token_id;
  std::vector<std::vector<int32_t>> bad_words_ids;
  std::optional<int32_t> forced_bos_token_id;
  std::optional<int32_t> forced_eos_token_id;
  std::vector<int32_t> eos_token_ids;
};

/// The options with what they leave to the model.
Options with_ids_of(Options options, const models::SpecialIds& ids);

/// Throws ConfigError naming the option, its value and the way out: a value out of range, limits
/// that exclude each other (minimum above maximum, more sequences asked for than beams, sampling
/// options of no effect, ids outside the vocabulary).
void check(const Options& options, int64_t vocab_size);

}  // namespace finetune::decode
