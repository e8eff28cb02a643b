#include "inspect.h"

#include <iostream>
#include <nlohmann/json.hpp>

#include "base/json.h"
#include "run/inspect.h"
#include "terminal_text.h"

namespace finetune::apps {

int run_inspect(const std::filesystem::path& path, bool prints_json) {
  const nlohmann::json description = run::inspect(path);
  std::cout << (prints_json ? base::dump_json(description) + "\n"
                            : terminal_text(run::inspect_text(description)))
            << std::flush;
  return 0;
}

}  // namespace finetune::apps
