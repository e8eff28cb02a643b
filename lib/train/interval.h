#pragma once

#include <cstdint>

namespace finetune::train {

/// How far a run has come.
struct Position {
  int64_t updates = 0;
  double epoch = 0.0;  ///< whole epochs plus the share of the current one
  int64_t tokens = 0;
  double seconds =
      0.0;  ///< wall clock of training with its evaluations and saves, over all resumed parts
};

/// "Every so often". A value of 0 means never.
struct Interval {
  enum class Unit { kSteps, kEpochs, kTokens, kSeconds };
  Unit unit = Unit::kSteps;
  double value = 0.0;
};

/// True when a multiple of the interval lies in (before, after]. Has no state, so it is the same
/// after a resume.
bool is_due(const Interval& interval, const Position& before, const Position& after);

}  // namespace finetune::train
