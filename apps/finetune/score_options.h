#pragma once

#include <CLI/CLI.hpp>

#include "score.h"

namespace finetune::apps {

/// Options of `finetune score`, and examples for its help.
void add_score_options(CLI::App& command, ScoreArguments& arguments);

extern const char* const kScoreExamples;

}  // namespace finetune::apps
