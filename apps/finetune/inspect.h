#pragma once

#include <filesystem>

namespace finetune::apps {

/// finetune inspect ANY: a run, checkpoint, model folder, weight, tokenizer or data file.
int run_inspect(const std::filesystem::path& path, bool prints_json);

}  // namespace finetune::apps
