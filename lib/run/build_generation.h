#pragma once

#include "decode/options.h"
#include "models/model.h"
#include "run/generation_defaults.h"
#include "run/generation_overrides.h"
#include "run/run_config.h"
#include "tasks/task_type.h"

namespace finetune::run {

/// How texts are written: what the command line says, else the run's config, else the model's own
/// files, else greedy search for at most as many tokens as a target of the data may have. All ids
/// are in it. Throws CheckpointError naming the model's file for an id that the model does not
/// have.
decode::Options build_generation(const RunConfig& config, const GenerationDefaults& model,
                                 const tasks::ModelLimits& limits,
                                 const GenerationOverrides& command_line = {});

/// How many tokens of a text a language model goes on from: there is room for the new tokens that
/// are wanted, but for no more of them than half of what fits.
int64_t longest_prompt(const decode::Options& generation, int64_t positions);

/// Throws ConfigError, before anything is written, where options exclude each other or are beyond
/// what the model has. Nothing for a model that writes no text.
void check_generation_fits(const models::Model& model, const decode::Options& options);

}  // namespace finetune::run
