#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace finetune::report {

/// Where and with what a run was made.
struct Environment {
  std::string version;     ///< of finetune
  std::string git_commit;  ///< of the source tree it was built from; empty where unknown
  std::string libtorch_version;
  std::string compiler;
  std::string cpu;               ///< the processor's own name
  std::string instruction_sets;  ///< those used
  int64_t num_threads = 0;
  std::string precision;  ///< "fp32", "bf16"
  std::string command;    ///< the command line
  std::string host;
  std::string started_at;                           ///< ISO 8601, UTC
  std::map<std::string, std::string> fingerprints;  ///< of data files, tokenizer, weights, by name
  std::vector<std::string> labels;  ///< label map, by class id; empty without classes
};

/// environment.json of a run folder.
std::string environment_json(const Environment& environment);

}  // namespace finetune::report
