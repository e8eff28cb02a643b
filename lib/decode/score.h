#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "models/language_model.h"
#include "models/seq2seq_model.h"

namespace finetune::decode {

using TokenLists = std::vector<std::vector<int32_t>>;

/// The log-probability of every token of targets[b] (not empty, with its end id) as the translation
/// of source b, each given those before it. Their sum is what ranks given translations. Runs
/// without gradients and dropout.
std::vector<std::vector<double>> score(models::Seq2SeqModel& model, const nn::TokenBatch& sources,
                                       const TokenLists& targets);

/// The same for targets[b] as the continuation of prompts[b]; neither is empty.
std::vector<std::vector<double>> score(models::LanguageModel& model, const TokenLists& prompts,
                                       const TokenLists& targets);

}  // namespace finetune::decode
