#pragma once

#include <span>
#include <string>

#include "config/json_value.h"
#include "config/problems.h"

namespace finetune::config {

/// Applies "a.b=value" or "--a.b=value", in order, to the object `root`. Split at the first '=';
/// the value is JSON where it can be read as such, else a string. Objects on the way are made.
void apply_overrides(std::span<const std::string> overrides, JsonValue& root, Problems& problems);

}  // namespace finetune::config
