#pragma once

#include "arguments.h"

namespace finetune::apps {

/// finetune render CONFIG [overrides]: prints the config with every default and absolute paths.
int run_render(const ConfigArguments& arguments);

}  // namespace finetune::apps
