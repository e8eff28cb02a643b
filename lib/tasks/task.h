#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include "data/batch.h"
#include "metrics/metric.h"
#include "nn/pass.h"

namespace finetune::tasks {

/// A sum of losses and the number of targets it covers. The trainer divides once, over all
/// micro-batches of an update, so that accumulation and batch composition cannot change it.
struct LossSum {
  at::Tensor sum;  ///< scalar, part of the autograd graph
  int64_t num_targets = 0;
};

/// Receives the model's answer to one example: its row in the data set and, for classification, one
/// probability a label; for regression the predicted values.
using PredictionSink = std::function<void(int64_t row, std::span<const float> scores)>;

/// One pass over a data set in evaluation mode. Batches come in any order.
class Evaluation {
 public:
  virtual ~Evaluation() = default;

  virtual void add(const data::Batch& batch) = 0;  ///< runs the model
  virtual metrics::Values values() const = 0;      ///< "loss" and the task's metrics
};

/// A model with a purpose: what its loss is, how it answers, how it is judged.
class Task {
 public:
  virtual ~Task() = default;

  virtual LossSum loss(const data::Batch& batch, const nn::Pass& pass) = 0;

  /// `sink` may be empty.
  virtual std::unique_ptr<Evaluation> start_evaluation(PredictionSink sink) = 0;
};

}  // namespace finetune::tasks
