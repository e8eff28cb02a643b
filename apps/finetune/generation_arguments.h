#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "run/generation_overrides.h"

namespace finetune::apps {

/// What the command line says about writing texts; nothing where it says nothing.
std::optional<run::GenerationOverrides> generation_overrides(
    const std::vector<std::string>& overrides, const std::optional<int64_t>& num_best);

}  // namespace finetune::apps
