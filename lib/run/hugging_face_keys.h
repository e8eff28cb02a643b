#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config/suggestion.h"

namespace finetune::run {

/// The key of a config file that means what Hugging Face's TrainingArguments, its example scripts
/// (and a few other trainers) call `unknown.key`, with the value rewritten: eval_steps 500 becomes
/// evaluation.every "500 steps". Nothing for a name that is not theirs.
std::optional<config::Translation> translate_hugging_face_key(const config::UnknownKey& unknown);

/// Every name that is translated.
std::vector<std::string> hugging_face_keys();

}  // namespace finetune::run
