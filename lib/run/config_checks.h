#pragma once

#include "config/document.h"
#include "run/run_config.h"

namespace finetune::run {

/// Reports what is wrong with the values of several keys together, within a section or across.
void check_together(const RunConfig& config, config::Document& document);

}  // namespace finetune::run
