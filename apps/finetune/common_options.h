#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "base/strings.h"
#include "models/model.h"

namespace finetune::apps {

/// Checks of an option's value; a refusal says what was expected and what was found.
CLI::Validator one_of(std::vector<std::string> names);
CLI::Validator whole_number(int64_t least, int64_t most = std::numeric_limits<int32_t>::max());
CLI::Validator non_negative_number();

/// An option whose value is one of some names, and nothing else. What it is for is told by
/// description().
template <class T>
CLI::Option* add_choice(CLI::App& command, const std::string& option, T& value,
                        const std::vector<std::pair<std::string, T>>& choices) {
  std::vector<std::string> names;
  names.reserve(choices.size());
  for (const auto& choice : choices) names.push_back(choice.first);
  const auto choose = [&value, choices](const std::string& name) {
    for (const auto& [known, meaning] : choices)
      if (known == name) value = meaning;
  };
  return command.add_option_function<std::string>(option, choose)
      ->check(one_of(names))
      ->option_text(base::join(names, "|"));
}

/// What the user accepts of weights that are not as they should be.
void add_load_flags(CLI::App& command, models::LoadOptions& load);

/// Shows how keys of the config are given; they are taken out before options are read.
void describe_overrides(CLI::App& command);

}  // namespace finetune::apps
