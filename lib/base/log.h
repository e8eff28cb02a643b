#pragma once

#include <functional>
#include <string_view>

namespace finetune::base {

enum class LogLevel { kDebug, kInfo, kWarning, kOff };

/// Log lines go to stderr through spdlog (thread-safe). Anything printed on stdout is a result,
/// never a log line.
void set_log_level(LogLevel level);
void log_debug(std::string_view message);
void log_info(std::string_view message);
void log_warning(std::string_view message);

/// Called around every line written to stderr, so that a progress bar can clear itself before and
/// redraw after. Pass {} and {} to remove. A hook must not log.
void set_log_hooks(std::function<void()> before, std::function<void()> after);

}  // namespace finetune::base
