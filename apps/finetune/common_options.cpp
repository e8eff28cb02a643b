#include "common_options.h"

#include <algorithm>

namespace finetune::apps {

namespace {

/// A check without a description of its own: the option's text says what it takes.
template <class Accepts>
CLI::Validator check_of(std::string expected, Accepts accepts) {
  const auto check = [expected = std::move(expected), accepts](const std::string& value) {
    return accepts(value) ? "" : base::cat("expected ", expected, ", found ", base::quote(value));
  };
  return CLI::Validator(check, "");
}

}  // namespace

CLI::Validator one_of(std::vector<std::string> names) {
  const std::string last = names.back();
  const std::string others = base::join(std::span(names).first(names.size() - 1), ", ");
  return check_of(base::cat(others, " or ", last),
                  [names = std::move(names)](const std::string& value) {
                    return std::ranges::find(names, value) != names.end();
                  });
}

CLI::Validator whole_number(int64_t least, int64_t most) {
  return check_of(base::cat("a whole number from ", least, " to ", most),
                  [=](const std::string& value) {
                    const auto number = base::parse_int64(value);
                    return number && *number >= least && *number <= most;
                  });
}

CLI::Validator non_negative_number() {
  return check_of("a number of 0 or more", [](const std::string& value) {
    const auto number = base::parse_double(value);
    return number && *number >= 0.0;
  });
}

void add_load_flags(CLI::App& command, models::LoadOptions& load) {
  command.add_flag("--allow-nonfinite", load.allow_nonfinite,
                   "Accept weights that hold NaN or infinity");
  command.add_flag("--allow-unused", load.allow_unused,
                   "Leave out tensors of the checkpoint that the model does not know or whose "
                   "type is not supported");
}

void describe_overrides(CLI::App& command) {
  command
      .add_option_function<std::string>(
          "--set", [](const std::string&) {},
          "Another value for a key of the config; also KEY=VALUE or --KEY=VALUE")
      ->option_text("KEY=VALUE");
}

}  // namespace finetune::apps
