#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "run/sections.h"

namespace finetune::run {

/// What a command line says about writing texts, over a run's config and the model's own settings.
struct GenerationOverrides {
  GenerationSection section;
  std::optional<int64_t> seed;  ///< of sampling
  /// So many texts for an input; beams become as many where their number was not given.
  std::optional<int64_t> num_best;
};

/// Reads keys of the section "generation" with or without its name, and "seed": "num_beams=5",
/// "generation.num_beams=5", "seed=7", each also after "--". Throws ConfigError with every error
/// found.
GenerationOverrides read_generation_overrides(std::span<const std::string> overrides);

}  // namespace finetune::run
