#include "explain.h"

#include <iostream>

#include "run/run_config.h"

namespace finetune::apps {

int run_explain(const std::vector<std::string>& keys) {
  std::string text;
  for (const std::string& key : keys) {
    if (!text.empty()) text += "\n";
    text += run::explain(key);
  }
  std::cout << text << std::flush;
  return 0;
}

}  // namespace finetune::apps
