#include "schema.h"

#include <iostream>

#include "run/run_config.h"

namespace finetune::apps {

int run_schema(bool prints_markdown) {
  std::cout << (prints_markdown ? run::config_docs() : run::schema()) << std::flush;
  return 0;
}

}  // namespace finetune::apps
