#include "progress.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "base/log.h"
#include "base/strings.h"
#include "optim/schedule.h"

namespace finetune::apps {

namespace {

constexpr auto kRedrawInterval = std::chrono::milliseconds(100);
constexpr auto kLineInterval = std::chrono::seconds(10);
constexpr double kSmoothing = 0.9;  ///< share of the old value in a running mean

bool is_terminal() {
  const char* kind = std::getenv("TERM");
  return isatty(STDERR_FILENO) != 0 && !(kind != nullptr && std::string_view(kind) == "dumb");
}

int terminal_width() {
  winsize size{};
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

std::string duration_text(double seconds) {
  const auto total = static_cast<int64_t>(std::llround(seconds));
  std::array<char, 32> text{};
  if (total >= 3600) {
    std::snprintf(text.data(), text.size(), "%lldh%02lldm", static_cast<long long>(total / 3600),
                  static_cast<long long>(total / 60 % 60));
  } else {
    std::snprintf(text.data(), text.size(), "%lldm%02llds", static_cast<long long>(total / 60),
                  static_cast<long long>(total % 60));
  }
  return text.data();
}

std::string fixed(double value, int digits) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%.*f", digits, value);
  return text.data();
}

double blend(double old_value, double new_value, bool has_old) {
  return has_old ? kSmoothing * old_value + (1.0 - kSmoothing) * new_value : new_value;
}

}  // namespace

Progress::Progress(ProgressMode mode)
    : is_bar_(mode == ProgressMode::kOn || (mode == ProgressMode::kAuto && is_terminal())),
      is_quiet_(mode == ProgressMode::kOff) {
  if (is_bar_) base::set_log_hooks([this] { clear(); }, [this] { draw(); });
}

Progress::~Progress() {
  clear();
  if (is_bar_) base::set_log_hooks({}, {});
}

void Progress::on_start(int64_t total_updates, int64_t updates_done, double max_seconds) {
  total_ = total_updates;
  max_seconds_ = max_seconds;
  done_at_start_ = updates_done;
  start_ = Clock::now();
  last_drawn_ = start_;
}

/// Of the limit that is nearest.
double Progress::share_done(const train::StepEvent& event) const {
  const double by_updates =
      total_ > 0 ? static_cast<double>(event.position.updates) / static_cast<double>(total_) : 0.0;
  const double by_time = max_seconds_ > 0.0 ? event.position.seconds / max_seconds_ : 0.0;
  return std::min(std::max(by_updates, by_time), 1.0);
}

std::string Progress::status(const train::StepEvent& event) const {
  const double elapsed = std::chrono::duration<double>(Clock::now() - start_).count();
  const int64_t done = event.position.updates;
  const auto here = static_cast<double>(std::max<int64_t>(done - done_at_start_, 1));
  double left = elapsed / here * static_cast<double>(total_ - done);
  if (max_seconds_ > 0.0) left = std::clamp(max_seconds_ - event.position.seconds, 0.0, left);
  const std::string total = total_ == optim::kNoLimit ? "" : base::cat("/", total_);
  return base::cat("step ", done, total, "  epoch ", fixed(event.position.epoch, 2), "  loss ",
                   fixed(smoothed_loss_, 4), "  ", fixed(smoothed_rate_, 0), " tok/s  ",
                   duration_text(elapsed), " done, ", duration_text(left), " left");
}

void Progress::on_step(const train::StepEvent& event) {
  smoothed_loss_ = blend(smoothed_loss_, event.loss, has_loss_);
  smoothed_rate_ =
      blend(smoothed_rate_, static_cast<double>(event.num_tokens) / std::max(event.seconds, 1e-9),
            has_loss_);
  has_loss_ = true;
  const auto now = Clock::now();
  const bool is_last = event.position.updates == total_;
  if (is_quiet_ || (now - last_drawn_ < (is_bar_ ? Clock::duration(kRedrawInterval)
                                                 : Clock::duration(kLineInterval)) &&
                    !is_last))
    return;
  last_drawn_ = now;
  line_ = status(event);
  if (is_bar_) {
    const int width = std::clamp(terminal_width() - static_cast<int>(line_.size()) - 4, 0, 40);
    const auto filled = static_cast<size_t>(share_done(event) * width);
    if (width >= 10) {
      line_ = "[" + std::string(filled, '=') +
              std::string(static_cast<size_t>(width) - filled, ' ') + "] " + line_;
    }
    clear();
    draw();
  } else {
    base::log_info(line_);
  }
}

void Progress::on_evaluation(const train::EvaluationEvent& event) {
  std::string text = base::cat("evaluation at step ", event.position.updates, ":");
  for (const auto& [name, value] : event.values)
    text += base::cat(" ", name, " ", value ? fixed(*value, 4) : "undefined");
  if (event.is_best) text += " (best so far)";
  base::log_info(text);
}

void Progress::on_checkpoint(const train::CheckpointEvent& event) {
  base::log_info(base::cat("saved checkpoint-", event.position.updates, " in ",
                           fixed(event.seconds, 2), " s"));
}

void Progress::draw() {
  if (!is_bar_ || line_.empty()) return;
  std::fprintf(stderr, "%.*s", terminal_width() - 1, line_.c_str());
  std::fflush(stderr);
  is_drawn_ = true;
}

void Progress::clear() {
  if (!is_drawn_) return;
  std::fputs("\r\033[K", stderr);
  is_drawn_ = false;
}

}  // namespace finetune::apps
