#include "render.h"

#include <iostream>

#include "run/run_config.h"

namespace finetune::apps {

int run_render(const ConfigArguments& arguments) {
  std::cout << run::render(run::read_run_config(arguments.config, arguments.overrides))
            << std::flush;
  return 0;
}

}  // namespace finetune::apps
