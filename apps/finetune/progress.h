#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "run/train_run.h"

namespace finetune::apps {

enum class ProgressMode { kAuto, kOn, kOff };

/// Shows a run on stderr: on a terminal a bar that is redrawn in place, elsewhere a plain line
/// every few seconds; evaluations get a line of their own either way.
class Progress final : public run::RunObserver {
 public:
  explicit Progress(ProgressMode mode);
  ~Progress() override;
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void on_start(int64_t total_updates, int64_t updates_done, double max_seconds) override;
  void on_step(const train::StepEvent& event) override;
  void on_evaluation(const train::EvaluationEvent& event) override;
  void on_checkpoint(const train::CheckpointEvent& event) override;

 private:
  using Clock = std::chrono::steady_clock;

  double share_done(const train::StepEvent& event) const;
  std::string status(const train::StepEvent& event) const;
  void draw();
  void clear();

  bool is_bar_;
  bool is_quiet_;
  int64_t total_ = 0;
  double max_seconds_ = 0.0;
  int64_t done_at_start_ = 0;
  Clock::time_point start_;
  Clock::time_point last_drawn_;
  double smoothed_loss_ = 0.0;
  bool has_loss_ = false;
  double smoothed_rate_ = 0.0;  ///< tokens a second
  std::string line_;            ///< what the bar shows
  bool is_drawn_ = false;
};

}  // namespace finetune::apps
