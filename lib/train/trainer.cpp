#include "train/trainer.h"

#include <torch/csrc/autograd/autograd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <span>
#include <tuple>

#include "base/error.h"
#include "base/log.h"
#include "base/strings.h"
#include "train/checkpoint_files.h"
#include "train/divergence.h"
#include "train/evaluator.h"

namespace finetune::train {

namespace {

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

Trainer::Trainer(TrainerParts parts, const TrainerOptions& options)
    : parts_(std::move(parts)), options_(options) {
  for (int64_t row = 0; row < parts_.train.size(); ++row)
    lengths_.push_back(parts_.train.num_tokens(row));
  if (options_.early_stopping) early_stopping_.emplace(*options_.early_stopping);
  state_.sampler = options_.sampler;
  plan_updates();
}

/// Sets the length of the schedule and of its warm-up.
void Trainer::plan_updates() {
  const RunLength length{options_.num_train_epochs, options_.max_steps, 0, state_.extra_updates};
  options_.schedule.total_steps = count_updates(lengths_, options_.sampler, length);
  options_.schedule.warmup_steps = warmup_updates(options_.warmup, options_.schedule.total_steps,
                                                  count_updates(lengths_, options_.sampler, {1.0}));
}

void Trainer::restore(const TrainState& state) {
  state_ = state;
  change_batches(state_, lengths_, options_.sampler, options_.num_train_epochs);
  plan_updates();
  last_saved_step_ = state.position.updates;
  if (early_stopping_) early_stopping_->restore(state.early_stopping);
  state_.is_stopped_early = early_stopping_ && early_stopping_->should_stop();
  parts_.checkpoints.restore(state.position.updates,
                             state.best_metric ? std::optional(state.best_step) : std::nullopt);
  parts_.listener.restore(state.listener_state);
}

Outcome Trainer::run() {
  run_start_ = std::chrono::steady_clock::now();
  seconds_before_ = state_.position.seconds;
  for (;;) {
    if (state_.is_boundary_pending && !finish_boundary()) break;
    if (is_finished() || !take_step()) break;
  }
  const bool is_preempted = !has_ended();
  if (last_saved_step_ != state_.position.updates) save(/*is_best=*/false, /*must_succeed=*/true);
  if (is_preempted) return Outcome::kPreempted;
  if (state_.is_stopped_early) return Outcome::kStoppedEarly;
  const bool is_time_up =
      options_.max_seconds > 0.0 && state_.position.seconds >= options_.max_seconds;
  return is_time_up ? Outcome::kTimeIsUp : Outcome::kFinished;
}

bool Trainer::is_finished() const {
  const Position& position = state_.position;
  return state_.is_stopped_early || position.updates >= options_.schedule.total_steps ||
         position.epoch >= options_.num_train_epochs - 1e-9 ||
         (options_.max_seconds > 0.0 && position.seconds >= options_.max_seconds);
}

/// Of the time that the run may take, what had passed before this update.
double Trainer::time_share() const {
  return options_.max_seconds > 0.0 ? state_.position.seconds / options_.max_seconds : 0.0;
}

void Trainer::load_epoch(int64_t epoch) {
  if (loaded_epoch_ == epoch) return;
  batches_ = rest_of_epoch(lengths_, options_.sampler, epoch, state_.epoch_parts);
  int64_t num_rows = 0;
  for (const auto& batch : batches_) num_rows += std::ssize(batch);
  share_cut_ = static_cast<double>(num_rows) / static_cast<double>(lengths_.size());
  loaded_epoch_ = epoch;
}

/// False when a signal came before the update was computed: nothing of it is left behind.
bool Trainer::take_step() {
  const Position before = state_.position;
  load_epoch(state_.epoch);
  const auto accumulated = accumulate();
  if (!accumulated) return false;
  const UpdateGroup& group = *accumulated;
  const double grad_norm = parts_.optimizer.gradient_norm(group.scale());
  state_.examples += static_cast<int64_t>(group.rows.size());
  state_.position.tokens += group.num_tokens;
  if (!std::isfinite(group.mean_loss())) {
    skip(group, base::cat("the loss is ", group.mean_loss()));
  } else if (!std::isfinite(grad_norm)) {
    skip(group, base::cat("the gradient norm is ", grad_norm));
  } else {
    const double factor = optim::schedule_factor(options_.schedule, before.updates, time_share());
    apply(group, options_.learning_rate * factor, grad_norm);
  }
  advance();
  state_.is_boundary_pending = true;
  state_.position.seconds = seconds_before_ + seconds_since(run_start_);
  if (state_.consecutive_skipped == 0) {
    parts_.listener.on_step({state_.position, group.mean_loss(), last_learning_rate_, grad_norm,
                             group.num_tokens, static_cast<int64_t>(group.rows.size()),
                             seconds_since(group.start)});
  }
  if (is_due(options_.log_every, before, state_.position) || is_finished()) log();
  return true;
}

/// Nothing when a signal came between two micro-batches.
std::optional<UpdateGroup> Trainer::accumulate() {
  UpdateGroup group;
  group.start = std::chrono::steady_clock::now();
  const int64_t steps = options_.sampler.gradient_accumulation_steps;
  const auto begin = static_cast<size_t>(state_.group_in_epoch * steps);
  const size_t end = std::min(begin + static_cast<size_t>(steps), batches_.size());
  auto dropout_step = static_cast<uint64_t>(state_.micro_batches);
  for (size_t i = begin; i < end; ++i) {
    if (parts_.should_stop && parts_.should_stop()) {
      std::ranges::fill(parts_.parameters.gradients(), 0.0F);
      return std::nullopt;
    }
    const data::Batch batch = make_batch(batches_[i]);
    const nn::Pass pass{true, options_.seed, dropout_step++};
    const tasks::LossSum loss = parts_.task.loss(batch, pass);
    torch::autograd::backward({loss.sum}, {});
    group.loss_sum += loss.sum.item<double>();
    group.num_targets += loss.num_targets;
    group.num_tokens += batch.num_tokens();
    group.rows.insert(group.rows.end(), batches_[i].begin(), batches_[i].end());
  }
  state_.micro_batches = static_cast<int64_t>(dropout_step);
  return group;
}

data::Batch Trainer::make_batch(std::span<const int64_t> rows) const {
  return parts_.make_batch ? parts_.make_batch(rows, state_.epoch)
                           : data::make_batch(parts_.train, rows);
}

void Trainer::apply(const UpdateGroup& group, double learning_rate, double grad_norm) {
  parts_.optimizer.step(learning_rate, group.scale(), grad_norm);
  ++state_.position.updates;
  state_.window_loss += group.mean_loss();
  ++state_.window_updates;
  state_.total_loss += group.mean_loss();
  state_.consecutive_skipped = 0;
  last_learning_rate_ = learning_rate;
  last_grad_norm_ = grad_norm;
}

void Trainer::skip(const UpdateGroup& group, const std::string& reason) {
  parts_.listener.on_skip({state_.position, reason, group.rows});
  const std::string where =
      base::cat(reason, " after ", state_.position.updates, " updates, on rows ", group.rows_text(),
                " of the training set");
  if (!options_.skips_nonfinite) refuse_update(where);
  ++state_.skipped_updates;
  if (++state_.consecutive_skipped >= options_.max_consecutive_skips) {
    throw DivergedError(base::cat(
        where, ", the ", state_.consecutive_skipped,
        "th time in a row. Go on from the last checkpoint with a lower optimizer.learning_rate."));
  }
  base::log_warning(where + ": update skipped");
  std::ranges::fill(parts_.parameters.gradients(), 0.0F);
}

void Trainer::advance() {
  const int64_t groups = num_groups(static_cast<int64_t>(batches_.size()),
                                    options_.sampler.gradient_accumulation_steps);
  if (++state_.group_in_epoch >= groups) {
    ++state_.epoch;
    state_.group_in_epoch = 0;
    state_.epoch_parts.clear();
    state_.position.epoch = static_cast<double>(state_.epoch);
    return;
  }
  const double share = static_cast<double>(state_.group_in_epoch) / static_cast<double>(groups);
  state_.position.epoch =
      static_cast<double>(state_.epoch) + (1.0 - share_cut_) + share_cut_ * share;
}

void Trainer::log() {
  if (state_.window_updates == 0) return;
  const double loss = state_.window_loss / static_cast<double>(state_.window_updates);
  parts_.listener.on_log({state_.position, loss, last_learning_rate_, last_grad_norm_});
  state_.window_loss = 0.0;
  state_.window_updates = 0;
}

/// Evaluates and saves after an update. False when a signal cut the evaluation short: it is then
/// made up for after the resume.
bool Trainer::finish_boundary() {
  const Position& now = state_.position;
  const auto earlier_best = std::pair(state_.best_metric, state_.best_step);
  bool is_best = false;
  const bool evaluates =
      is_due(options_.evaluate_every, state_.previous_boundary, now) || is_finished();
  if (evaluates && parts_.validation != nullptr && !evaluate_now(is_best)) return false;
  const bool saves = is_due(options_.checkpoint_every, state_.previous_boundary, now) ||
                     is_finished() || (is_best && options_.keep_best);
  if (state_.is_stopped_early) log();
  state_.previous_boundary = now;
  state_.is_boundary_pending = false;
  const bool is_saved = !saves || save(is_best, /*must_succeed=*/is_finished());
  if (!is_saved) std::tie(state_.best_metric, state_.best_step) = earlier_best;
  return true;
}

bool Trainer::evaluate_now(bool& is_best) {
  std::optional<EvaluationResult> result;
  try {
    result =
        evaluate(parts_.task, *parts_.validation,
                 {options_.evaluation_batch_size, parts_.should_stop, tasks::AnswerMode::kNone});
    if (result) require_finite_loss(result->values);
    if (!result || !add_answer_metrics(result->values)) return false;
  } catch (DivergedError& error) {
    error.add_context(failed_evaluation(state_.position.updates));
    throw;
  }
  const auto value_of = [&](const std::string& metric) {
    const auto found = result->values.find(metric);
    const bool is_defined = found != result->values.end() && found->second.has_value();
    return is_defined ? *found->second : std::nan("");
  };
  const double value = value_of(options_.metric);
  is_best = is_better(value, state_.best_metric, options_.is_greater_better);
  if (is_best)
    std::tie(state_.best_metric, state_.best_step) = std::pair(value, state_.position.updates);
  // An evaluation that did not measure what is watched says nothing about progress.
  if (early_stopping_ && result->values.contains(options_.early_stopping_metric)) {
    if (early_stopping_->update(value_of(options_.early_stopping_metric)))
      state_.is_stopped_early = true;
    state_.early_stopping = early_stopping_->state();
  }
  parts_.listener.on_evaluation({state_.position, result->values, result->num_examples,
                                 result->seconds, is_best, result->warnings});
  return true;
}

/// Adds what only answers tell, when that is due. False when a signal cut it short.
bool Trainer::add_answer_metrics(metrics::Values& values) {
  const bool is_asked =
      parts_.judge_answers &&
      (is_finished() || is_due(options_.answer_every, state_.previous_answers, state_.position));
  if (!is_asked) return true;
  const auto more = parts_.judge_answers(state_.position);
  if (!more) return false;
  for (const auto& [name, value] : *more) values[name] = value;
  state_.previous_answers = state_.position;
  return true;
}

/// False when the checkpoint could not be written and the run goes on without it.
bool Trainer::save(bool is_best, bool must_succeed) {
  const auto start = std::chrono::steady_clock::now();
  const int64_t step = state_.position.updates;
  try {
    if (last_saved_step_ == step) {
      if (is_best) parts_.checkpoints.mark_best(step);
      return true;
    }
    require_sound_state(parts_.parameters, parts_.optimizer);
    state_.listener_state = parts_.listener.state();
    const auto bytes =
        static_cast<uint64_t>(parts_.parameters.num_parameters()) * 3 * sizeof(float);
    parts_.checkpoints.save(step, is_best, bytes,
                            [this](base::Fs& fs, const std::filesystem::path& folder) {
                              parts_.write_model(fs, folder, state_);
                              write_train_state(fs, folder, state_, parts_.optimizer);
                            });
    last_saved_step_ = step;
    failed_saves_ = 0;
    parts_.listener.on_checkpoint({state_.position, seconds_since(start), is_best});
    return true;
  } catch (const IoError& error) {
    if (must_succeed || ++failed_saves_ >= options_.max_failed_saves) throw;
    base::log_warning(base::cat(
        "the checkpoint was not saved; training goes on with the older ones (", failed_saves_,
        " of ", options_.max_failed_saves, " failures in a row)\n", error.report()));
    return false;
  }
}

}  // namespace finetune::train
