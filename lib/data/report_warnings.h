#pragma once

#include <string>
#include <vector>

#include "data/data_report.h"

namespace finetune::data {

/// What a person should know about the splits, one sentence each.
std::vector<std::string> warnings_of(const DataReport& report);

}  // namespace finetune::data
