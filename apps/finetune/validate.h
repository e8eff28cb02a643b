#pragma once

#include "arguments.h"

namespace finetune::apps {

/// finetune validate CONFIG [overrides]: checks the config, all errors at once, and warns of files
/// that are not there.
int run_validate(const ConfigArguments& arguments);

}  // namespace finetune::apps
