#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace finetune::metrics {

/// Values by name ("accuracy", "f1", ...); nothing where a metric is undefined (division by zero,
/// one class only).
using Values = std::map<std::string, std::optional<double>>;

/// True when a larger value of this metric is better; nothing for a name that is no metric.
std::optional<bool> is_greater_better(std::string_view metric);

/// Every name that is_greater_better knows, sorted.
std::vector<std::string> metric_names();

}  // namespace finetune::metrics
