#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "config/duration.h"
#include "config/value_type.h"

namespace finetune::config {
class Fields;
}

/// The sections of a config file about training.
namespace finetune::run {

/// The rule of a key that says how often something happens.
config::Rule interval_rule(std::string doc, std::string example);

struct TrainingSection {
  /// Absent only where max_steps is given: then there is no limit.
  std::optional<double> num_train_epochs;
  std::optional<int64_t> max_steps;
  std::optional<config::Duration> max_time;
  int64_t batch_size = 32;
  std::optional<int64_t> batch_tokens;  ///< instead of batch_size
  int64_t gradient_accumulation_steps = 1;
  double max_grad_norm = 1.0;       ///< 0: no clipping
  std::string precision = "auto";   ///< auto, fp32, bf16
  std::string nonfinite = "error";  ///< error, skip
  std::optional<int64_t> threads;   ///< absent: the processors this process may use

  void describe(config::Fields& fields);

 private:
  void describe_limits(config::Fields& fields);
  void describe_batches(config::Fields& fields);
  void describe_arithmetic(config::Fields& fields);
};

struct OptimizerSection {
  std::string type = "adamw";
  double learning_rate = 5e-5;
  double weight_decay = 0.0;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;

  void describe(config::Fields& fields);
};

struct RegularizationSection {
  double l2 = 0.0;

  void describe(config::Fields& fields);
};

struct ScheduleSection {
  std::string type = "linear";  ///< linear, constant, inverse_sqrt
  config::Duration warmup;      ///< steps, epochs or percent

  void describe(config::Fields& fields);
};

struct CheckpointsSection {
  config::Duration every{1, config::Unit::kEpochs};
  int64_t keep_last = 2;
  bool keep_best = true;
  std::string on_save_error = "continue";

  void describe(config::Fields& fields);
};

struct LoggingSection {
  config::Duration every{10, config::Unit::kSteps};
  bool tensorboard = true;

  void describe(config::Fields& fields);
};

}  // namespace finetune::run
