#pragma once

#include <cstdint>
#include <span>

#include "decode/options.h"

namespace finetune::decode {

/// A sequence at the moment when its next token is chosen.
struct Prefix {
  std::span<const int32_t> ids;  ///< prompt and generated tokens
  int64_t prompt_length = 0;
  int64_t length_limit = 0;  ///< of the whole sequence
};

/// Applies what forbids, forces or discourages tokens, in the order of transformers 4.57.6:
/// repetition penalty (Keskar et al. 2019, arXiv:1909.05858), n-gram block, bad words, minimum
/// length, forced first and last token, suppressed tokens. scores [V]: logits or log-probabilities;
/// what is forbidden becomes -infinity.
void apply_rules(const Options& options, const Prefix& prefix, std::span<float> scores);

/// Narrows and reshapes the distribution that is drawn from: temperature, top-k (ties with the k-th
/// stay), top-p (Holtzman et al. 2020, arXiv:1904.09751), min-p (Nguyen et al. 2024,
/// arXiv:2407.01082); with beams at least one token more than there are end tokens stays.
void apply_sampling_rules(const Options& options, std::span<float> scores);

/// log_softmax of what the rules left, as renormalize_logits asks for.
void renormalize(std::span<float> scores);

}  // namespace finetune::decode
