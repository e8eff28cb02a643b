#pragma once

#include <string>

namespace finetune::test {

/// The least that a config must say for a task that writes texts.
inline std::string minimal_text_config(const std::string& task_type = "language_modeling") {
  return R"({"output_dir": "run", "model": {"path": "m"}, "task": {"type": ")" + task_type +
         R"("}, "data": {"train": "t.tsv"}})";
}

}  // namespace finetune::test
