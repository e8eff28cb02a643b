#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace finetune::train {

/// The micro-batches of one update, after their backward passes.
struct UpdateGroup {
  double loss_sum = 0.0;
  int64_t num_targets = 0;
  int64_t num_tokens = 0;
  std::vector<int64_t> rows;  ///< of the training set
  std::chrono::steady_clock::time_point start;

  /// What sums over the targets are multiplied with, the loss and its gradient.
  double scale() const;
  double mean_loss() const;

  /// The rows for a message: the first twenty.
  std::string rows_text() const;
};

}  // namespace finetune::train
