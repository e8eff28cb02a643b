#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "run/run_config.h"
#include "support/test_support.h"

namespace finetune::test {

/// The least that a config must say.
inline const char* const kMinimalConfig =
    R"({"output_dir": "run", "model": {"path": "m"}, "task": {"type": "classification"},
        "data": {"train": "t.tsv"}})";

/// Reads `text` as the file config.json of a folder of its own.
inline run::RunConfig read_config(const std::string& text,
                                  const std::vector<std::string>& overrides = {}) {
  const TemporaryFolder folder;
  write_file(folder.path() / "config.json", text);
  return run::read_run_config(folder.path() / "config.json", overrides);
}

/// The errors that reading `text` gives, one a line, without the line that names the file; "" if it
/// is read.
inline std::string config_errors(const std::string& text,
                                 const std::vector<std::string>& overrides = {}) {
  try {
    read_config(text, overrides);
  } catch (const ConfigError& error) {
    const std::string message = error.chain().front();
    return message.substr(message.find('\n') + 1);
  }
  return "";
}

}  // namespace finetune::test
