#pragma once

#include <CLI/CLI.hpp>

#include "tokenize.h"
#include "train_tokenizer.h"

namespace finetune::apps {

/// Options of the commands about tokenizers, and examples for their help.
void add_tokenize_options(CLI::App& command, TokenizeArguments& arguments);
void add_train_tokenizer_options(CLI::App& command, TrainTokenizerArguments& arguments);

extern const char* const kTokenizeExamples;
extern const char* const kTrainTokenizerExamples;

}  // namespace finetune::apps
