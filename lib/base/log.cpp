#include "base/log.h"

#include <spdlog/logger.h>
#include <spdlog/sinks/base_sink.h>

#include <cstdio>
#include <memory>
#include <mutex>
#include <utility>

namespace finetune::base {
namespace {

/// Whole lines to stderr, each between the two hooks.
class HookedSink : public spdlog::sinks::base_sink<std::mutex> {
 public:
  void set_hooks(std::function<void()> before, std::function<void()> after) {
    const std::lock_guard<std::mutex> lock(mutex_);
    before_ = std::move(before);
    after_ = std::move(after);
  }

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t line;
    formatter_->format(message, line);
    if (before_) before_();
    std::fwrite(line.data(), 1, line.size(), stderr);
    std::fflush(stderr);
    if (after_) after_();
  }
  void flush_() override { std::fflush(stderr); }

 private:
  std::function<void()> before_, after_;
};

struct Log {
  std::shared_ptr<HookedSink> sink = std::make_shared<HookedSink>();
  spdlog::logger logger{"finetune", sink};
  Log() { logger.set_pattern("%H:%M:%S %l: %v"); }
};

/// Never destroyed, so that destructors of statics may log too.
Log& instance() {
  static Log& log = *new Log;
  return log;
}

spdlog::level::level_enum spdlog_level(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return spdlog::level::debug;
    case LogLevel::kInfo:
      return spdlog::level::info;
    case LogLevel::kWarning:
      return spdlog::level::warn;
    case LogLevel::kOff:
      break;
  }
  return spdlog::level::off;
}

void log(LogLevel level, std::string_view message) {
  instance().logger.log(spdlog_level(level), spdlog::string_view_t(message.data(), message.size()));
}

}  // namespace

void set_log_level(LogLevel level) { instance().logger.set_level(spdlog_level(level)); }
void log_debug(std::string_view message) { log(LogLevel::kDebug, message); }
void log_info(std::string_view message) { log(LogLevel::kInfo, message); }
void log_warning(std::string_view message) { log(LogLevel::kWarning, message); }

void set_log_hooks(std::function<void()> before, std::function<void()> after) {
  instance().sink->set_hooks(std::move(before), std::move(after));
}

}  // namespace finetune::base
