#include "overrides.h"

#include <algorithm>
#include <array>

#include "base/error.h"

namespace finetune::apps {

namespace {

/// Keys that are spelled as an option could be: those outside sections, and one of the section
/// "generation", which commands that write texts take without its name.
constexpr std::array<std::string_view, 4> kPlainKeys = {"seed", "output_dir", "about",
                                                        "temperature"};

bool is_key(std::string_view text) {
  const bool has_only_key_characters = std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
  });
  // Options of the program itself are spelled with hyphens: an underscore tells a key, which may be
  // a wrong one.
  const bool looks_like_key = text.find_first_of("._") != std::string_view::npos;
  return has_only_key_characters &&
         (looks_like_key || std::ranges::find(kPlainKeys, text) != kPlainKeys.end());
}

/// "a.b=v" of an argument that is an override, else "".
std::string override_of(std::string_view argument) {
  if (argument.starts_with("--")) argument.remove_prefix(2);
  const size_t equals = argument.find('=');
  if (equals == std::string_view::npos || !is_key(argument.substr(0, equals))) return "";
  return std::string(argument);
}

}  // namespace

bool is_key_option(std::string_view argument) {
  return argument.starts_with("--") && is_key(argument.substr(2));
}

bool is_override(std::string_view argument) {
  return argument == "--set" || argument.starts_with("--set=") || !override_of(argument).empty();
}

SplitArguments split_overrides(const std::vector<std::string>& arguments) {
  SplitArguments split;
  for (size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    if (argument == "--") {
      split.arguments.insert(split.arguments.end(),
                             arguments.begin() + static_cast<std::ptrdiff_t>(i), arguments.end());
      break;
    }
    if (argument == "--set") {
      if (i + 1 == arguments.size())
        throw ConfigError("--set needs a value: --set optimizer.learning_rate=3e-5");
      split.overrides.push_back(arguments[++i]);
    } else if (argument.starts_with("--set=")) {
      split.overrides.push_back(argument.substr(6));
    } else if (std::string key_value = override_of(argument); !key_value.empty()) {
      split.overrides.push_back(std::move(key_value));
    } else {
      split.arguments.push_back(argument);
    }
  }
  return split;
}

}  // namespace finetune::apps
