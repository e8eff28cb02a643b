#pragma once

#include <span>
#include <string>
#include <vector>

namespace finetune::run {

/// Names of weights for people: those that differ in the numbers between their points alone become
/// one, "h.*.ln_1.weight", which stands where the first of them stood.
std::vector<std::string> collapse_layers(std::span<const std::string> names);

}  // namespace finetune::run
