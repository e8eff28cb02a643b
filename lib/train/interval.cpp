#include "train/interval.h"

#include <cmath>

namespace finetune::train {

namespace {

double coordinate(const Position& position, Interval::Unit unit) {
  switch (unit) {
    case Interval::Unit::kSteps:
      return static_cast<double>(position.updates);
    case Interval::Unit::kEpochs:
      return position.epoch;
    case Interval::Unit::kTokens:
      return static_cast<double>(position.tokens);
    case Interval::Unit::kSeconds:
      return position.seconds;
  }
  return 0.0;
}

}  // namespace

bool is_due(const Interval& interval, const Position& before, const Position& after) {
  if (interval.value <= 0.0) return false;
  // Epochs are sums of fractions: the slack takes 0.9999999999 for the whole epoch that it is.
  constexpr double kSlack = 1e-9;
  const auto multiples = [&](const Position& position) {
    return std::floor(coordinate(position, interval.unit) / interval.value + kSlack);
  };
  return multiples(after) > multiples(before);
}

}  // namespace finetune::train
