#pragma once

#include <CLI/CLI.hpp>

#include "evaluate.h"
#include "predict.h"

namespace finetune::apps {

/// Options of commands that use a trained model, and examples for their help.
void add_evaluate_options(CLI::App& command, EvaluateArguments& arguments);
void add_predict_options(CLI::App& command, PredictArguments& arguments);

extern const char* const kEvaluateExamples;
extern const char* const kPredictExamples;
extern const char* const kTranslateExamples;
extern const char* const kGenerateExamples;

}  // namespace finetune::apps
