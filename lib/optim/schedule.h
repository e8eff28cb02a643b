#pragma once

#include <cstdint>
#include <limits>

namespace finetune::optim {

enum class ScheduleType { kConstant, kLinear, kInverseSqrt };

constexpr int64_t kNoLimit = std::numeric_limits<int64_t>::max();

struct Schedule {
  ScheduleType type = ScheduleType::kLinear;
  int64_t warmup_steps = 0;  ///< W
  int64_t total_steps = 1;   ///< T, or kNoLimit: only the clock ends the run
};

/// Factor on the base learning rate for the update that follows s = `updates_done` updates (Hugging
/// Face's get_linear_schedule_with_warmup, get_constant_schedule_with_warmup and
/// get_inverse_sqrt_schedule). `time_share` is the part of a run's time limit that has passed, 0
/// without: a line reaches 0 at the first limit, of updates or of time. A pure function.
///
///   s < W     s / max(1, W), so the first update of a warm-up moves nothing
///   constant  1
///   linear    max(0, (T - s) / max(1, T - W)); in the warm-up too at most 1 - time_share
///   inverse_sqrt  1 / sqrt((s + tau - W) / tau), tau = W, or 10000 without warm-up
double schedule_factor(const Schedule& schedule, int64_t updates_done, double time_share = 0.0);

}  // namespace finetune::optim
