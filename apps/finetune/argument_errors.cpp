#include "argument_errors.h"

#include <algorithm>

#include "base/strings.h"
#include "overrides.h"

namespace finetune::apps {

namespace {

bool is_option(const std::string& argument) {
  return argument.starts_with('-') && argument != "--";
}

std::string describe(const std::string& argument, const CommandShape& command) {
  if (!command.takes_overrides && is_override(argument)) {
    return base::cat(base::quote(argument), ": '", command.name,
                     "' takes no overrides of config keys");
  }
  if (!is_option(argument)) return base::cat("unexpected argument ", base::quote(argument));
  if (command.takes_overrides && is_key_option(argument)) {
    return base::cat(base::quote(argument), ": the value of a config key follows after '=', as in ",
                     argument, "=VALUE");
  }
  const std::string name = argument.substr(0, argument.find('='));
  const auto near = base::nearest(name, command.options);
  return base::cat("unknown option ", base::quote(name),
                   near ? " (did you mean " + *near + "?)" : "");
}

}  // namespace

std::string describe_extras(const std::vector<std::string>& extras, const CommandShape& command) {
  auto named = std::ranges::find_if(extras, is_option);
  if (named == extras.end())
    named = std::ranges::find_if(extras, [](const std::string& extra) { return extra != "--"; });
  return named == extras.end() ? "" : describe(*named, command);
}

}  // namespace finetune::apps
