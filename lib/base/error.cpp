#include "base/error.h"

namespace finetune {

Error::Error(ExitCode exit_code, std::string message)
    : std::runtime_error(message), exit_code_(exit_code), chain_{std::move(message)} {}

void Error::add_context(std::string context) { chain_.insert(chain_.begin(), std::move(context)); }

std::string Error::report() const {
  std::string text = "error: " + chain_.front();
  for (size_t i = 1; i < chain_.size(); ++i) text += "\n  because: " + chain_[i];
  return text;
}

}  // namespace finetune
