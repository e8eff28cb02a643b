#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace finetune::apps {

/// A command line with the overrides of config keys taken out: `--set a.b=v`, `a.b=v`, `--a.b=v`,
/// and for keys that are given without a section `--seed=v`, `--temperature=v`. Whatever is spelled
/// like a key (`--learning_rate=v`) counts, so that the config reader can say what was meant.
struct SplitArguments {
  std::vector<std::string> arguments;
  std::vector<std::string> overrides;  ///< "a.b=v"
};

/// "--training.batch_size": a key of the config spelled as an option, without a value.
bool is_key_option(std::string_view argument);

/// One of the forms of an override, or the "--set" that begins one.
bool is_override(std::string_view argument);

/// Throws ConfigError for a `--set` without a value. Everything behind a lone "--" is left alone.
SplitArguments split_overrides(const std::vector<std::string>& arguments);

}  // namespace finetune::apps
