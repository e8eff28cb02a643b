#pragma once

#include <string>

#include "data/prepare.h"
#include "report/environment.h"

namespace finetune::run {

/// Version of finetune and the git commit it was built from, where that is known.
std::string version_text();

/// What `finetune --version` says: that, LibTorch, CUDA and instruction sets.
std::string program_text();

/// LibTorch's version, "2.13.0".
std::string torch_version();

/// Where and with what this run is made.
report::Environment describe_environment(const data::PreparedData& data, int num_threads);

}  // namespace finetune::run
