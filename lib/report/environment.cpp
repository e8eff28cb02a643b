#include "report/environment.h"

#include <nlohmann/json.hpp>

namespace finetune::report {

std::string environment_json(const Environment& environment) {
  using Json = nlohmann::ordered_json;
  const Json json = {
      {"finetune_version", environment.version},
      {"git_commit", environment.git_commit},
      {"libtorch_version", environment.libtorch_version},
      {"compiler", environment.compiler},
      {"cpu", environment.cpu},
      {"instruction_sets", environment.instruction_sets},
      {"num_threads", environment.num_threads},
      {"precision", environment.precision},
      {"command", environment.command},
      {"host", environment.host},
      {"started_at", environment.started_at},
      {"fingerprints", environment.fingerprints},
      {"labels", environment.labels},
  };
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace finetune::report
