#pragma once

#include <string>
#include <vector>

namespace finetune::apps {

/// A command line with the overrides of config keys taken out: `--set a.b=v`, `a.b=v`, `--a.b=v`,
/// and for keys that are given without a section `--seed=v`, `--temperature=v`. Whatever is spelled
/// like a key (`--learning_rate=v`) counts, so that the config reader can say what was meant.
struct SplitArguments {
  std::vector<std::string> arguments;
  std::vector<std::string> overrides;  ///< "a.b=v"
};

/// Throws ConfigError for a `--set` without a value. Everything behind a lone "--" is left alone.
SplitArguments split_overrides(const std::vector<std::string>& arguments);

}  // namespace finetune::apps
