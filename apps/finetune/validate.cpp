#include "validate.h"

#include <iostream>
#include <optional>
#include <string_view>
#include <system_error>

#include "base/log.h"
#include "base/strings.h"
#include "run/run_config.h"

namespace finetune::apps {

namespace {

void warn_if_absent(std::string_view key, const std::optional<std::filesystem::path>& path) {
  std::error_code error;
  if (!path || path->empty() || *path == "-" || std::filesystem::exists(*path, error)) return;
  base::log_warning(base::cat(key, ": ", base::quote(path->string(), 1000), " does not exist"));
}

}  // namespace

int run_validate(const ConfigArguments& arguments) {
  const run::RunConfig config = run::read_run_config(arguments.config, arguments.overrides);
  warn_if_absent("model.path", config.model.path);
  warn_if_absent("model.tokenizer", config.model.tokenizer);
  warn_if_absent("data.train", config.data.train);
  if (config.data.validation) warn_if_absent("data.validation", config.data.validation->file);
  warn_if_absent("data.test", config.data.test);
  std::cout << base::quote(arguments.config.string(), 1000) << " is valid" << std::endl;
  return 0;
}

}  // namespace finetune::apps
