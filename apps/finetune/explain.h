#pragma once

#include <string>
#include <vector>

namespace finetune::apps {

/// finetune explain KEY...: meaning, type, default and example of keys or whole sections.
int run_explain(const std::vector<std::string>& keys);

}  // namespace finetune::apps
