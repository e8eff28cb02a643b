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

void warn_if_absent(std::string_view key, const config::DataFile& files) {
  warn_if_absent(key, files.file);
  warn_if_absent(key, files.target);
}

}  // namespace

int run_validate(const ConfigArguments& arguments) {
  const run::RunConfig config = run::read_run_config(arguments.config, arguments.overrides);
  warn_if_absent("model.path", config.model.path);
  for (const auto& [key, tokenizer] :
       {std::pair{"model.tokenizer", &config.model.tokenizer},
        {"model.source_tokenizer", &config.model.source_tokenizer},
        {"model.target_tokenizer", &config.model.target_tokenizer}}) {
    if (*tokenizer) warn_if_absent(key, (*tokenizer)->path);
  }
  warn_if_absent("data.train", config.data.train);
  if (config.data.validation) {
    warn_if_absent("data.validation",
                   config::DataFile{config.data.validation->file, config.data.validation->target});
  }
  if (config.data.test) warn_if_absent("data.test", *config.data.test);
  std::cout << base::quote(arguments.config.string(), 1000) << " is valid" << std::endl;
  return 0;
}

}  // namespace finetune::apps
