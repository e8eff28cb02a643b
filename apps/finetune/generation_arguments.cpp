#include "generation_arguments.h"

namespace finetune::apps {

std::optional<run::GenerationOverrides> generation_overrides(
    const std::vector<std::string>& overrides, const std::optional<int64_t>& num_best) {
  if (overrides.empty() && !num_best) return std::nullopt;
  run::GenerationOverrides result = run::read_generation_overrides(overrides);
  result.num_best = num_best;
  return result;
}

}  // namespace finetune::apps
