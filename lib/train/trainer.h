#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "data/dataset.h"
#include "data/sampler.h"
#include "optim/adamw.h"
#include "optim/schedule.h"
#include "tasks/task.h"
#include "train/checkpoint_store.h"
#include "train/early_stopping.h"
#include "train/interval.h"
#include "train/listener.h"
#include "train/plan.h"
#include "train/train_state.h"
#include "train/update_group.h"

namespace finetune::train {

struct TrainerOptions {
  data::SamplerOptions sampler;
  double learning_rate = 5e-5;
  optim::Schedule schedule;  ///< its steps come from the limits and the warm-up below
  double num_train_epochs =
      3.0;                   ///< the run ends at the first limit that it reaches; may be infinite
  int64_t max_steps = 0;     ///< 0: no limit
  double max_seconds = 0.0;  ///< 0: no limit
  Warmup warmup;             ///< sets schedule.warmup_steps

  bool skips_nonfinite = false;  ///< else a loss or gradient that is not finite ends the run
  int64_t max_consecutive_skips = 10;

  Interval evaluate_every;
  int64_t evaluation_batch_size = 64;
  Interval answer_every;  ///< how often an evaluation also asks TrainerParts::judge_answers
  std::string metric = "loss";
  bool is_greater_better = false;
  std::optional<EarlyStoppingOptions> early_stopping;
  std::string early_stopping_metric = "loss";

  Interval checkpoint_every;
  bool keep_best = true;
  int64_t max_failed_saves = 3;  ///< so many in a row end the run
  Interval log_every;
  uint64_t seed = 42;  ///< of the dropout masks
};

/// The parts of a run, owned by whoever built them and alive as long as the trainer.
struct TrainerParts {
  tasks::Task& task;
  optim::FlatParameters& parameters;
  optim::AdamW& optimizer;
  const data::EncodedDataset& train;
  const data::EncodedDataset* validation = nullptr;  ///< null: no evaluation
  CheckpointStore& checkpoints;
  TrainListener& listener;
  /// Writes the Hugging Face files of a checkpoint, each synced.
  std::function<void(base::Fs& fs, const std::filesystem::path& folder, const TrainState& state)>
      write_model;
  std::function<bool()> should_stop;  ///< a signal has asked the run to save and stop
  /// Metrics that take answers (BLEU of some written texts), beyond those of an evaluation. Nothing
  /// when should_stop() cut it short; empty for a task without.
  std::function<std::optional<metrics::Values>(const Position&)> judge_answers{};
  /// Lays rows of the training set end to end, for this epoch; empty: data::make_batch, whatever
  /// the epoch.
  std::function<data::Batch(std::span<const int64_t> rows, int64_t epoch)> make_batch{};
};

enum class Outcome { kFinished, kStoppedEarly, kTimeIsUp, kPreempted };

/// The training loop: groups of micro-batches -> one update each -> log, evaluate, save. Everything
/// random is a function of (seed, counters in TrainState), so a run that was cut off anywhere and
/// resumed from a checkpoint ends with the same bits as one that was not. A state that an update
/// has made useless (see divergence.h) is never saved: DivergedError.
class Trainer {
 public:
  Trainer(TrainerParts parts, const TrainerOptions& options);

  /// Goes on from a checkpoint: `state` as read from it; the moments are already in the optimizer.
  /// Where batches are made in another way than before, the rest of the epoch is cut anew; whether
  /// the run has stopped early is for the present options to say.
  void restore(const TrainState& state);

  Outcome run();

  /// Whether run() has nothing left to do.
  bool has_ended() const { return !state_.is_boundary_pending && is_finished(); }

  /// optim::kNoLimit where only the clock ends the run.
  int64_t total_updates() const { return options_.schedule.total_steps; }
  const TrainState& state() const { return state_; }

 private:
  void load_epoch(int64_t epoch);
  void plan_updates();
  bool is_finished() const;
  double time_share() const;
  bool take_step();
  std::optional<UpdateGroup> accumulate();
  data::Batch make_batch(std::span<const int64_t> rows) const;
  void apply(const UpdateGroup& group, double learning_rate, double grad_norm);
  void skip(const UpdateGroup& group, const std::string& reason);
  void advance();
  void log();
  bool finish_boundary();
  bool evaluate_now(bool& is_best);
  bool add_answer_metrics(metrics::Values& values);
  bool save(bool is_best, bool must_succeed);

  TrainerParts parts_;
  TrainerOptions options_;
  TrainState state_;
  std::optional<EarlyStopping> early_stopping_;
  std::vector<int64_t> lengths_;
  std::vector<std::vector<int64_t>> batches_;  ///< micro-batches of the current epoch, as far as
                                               ///< they are not in state_.epoch_parts
  double share_cut_ = 1.0;                     ///< of the epoch's rows that are in batches_
  int64_t loaded_epoch_ = -1;
  int64_t last_saved_step_ = -1;
  int64_t failed_saves_ = 0;
  std::chrono::steady_clock::time_point run_start_;
  double seconds_before_ = 0.0;  ///< of the parts of the run before this resume
  double last_learning_rate_ = 0.0;
  double last_grad_norm_ = 0.0;
};

}  // namespace finetune::train
