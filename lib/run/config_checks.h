#pragma once

#include <vector>

#include "config/document.h"
#include "run/run_config.h"
#include "tasks/task_type.h"

namespace finetune::run {

/// Reports what is wrong with the values of several keys together, within a section or across.
void check_together(const RunConfig& config, config::Document& document);

/// The metrics that the config names and its task does not have (there would never be a best
/// model). Without labels: those that it cannot have whatever they will be.
std::vector<tasks::KeyProblem> metric_problems(const RunConfig& config,
                                               const data::LabelMap& labels);

}  // namespace finetune::run
