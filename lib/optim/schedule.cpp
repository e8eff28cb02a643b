#include "optim/schedule.h"

#include <algorithm>
#include <cmath>

namespace finetune::optim {
namespace {

constexpr int64_t kInverseSqrtScale = 10000;

double ratio(int64_t numerator, int64_t denominator) {
  return static_cast<double>(numerator) / static_cast<double>(std::max<int64_t>(1, denominator));
}

double factor_by_updates(const Schedule& schedule, int64_t updates_done) {
  if (updates_done < schedule.warmup_steps) return ratio(updates_done, schedule.warmup_steps);
  switch (schedule.type) {
    case ScheduleType::kConstant:
      return 1.0;
    case ScheduleType::kLinear:
      return std::max(0.0, ratio(schedule.total_steps - updates_done,
                                 schedule.total_steps - schedule.warmup_steps));
    case ScheduleType::kInverseSqrt: {
      const int64_t scale = schedule.warmup_steps > 0 ? schedule.warmup_steps : kInverseSqrtScale;
      return 1.0 / std::sqrt(ratio(updates_done + scale - schedule.warmup_steps, scale));
    }
  }
  return 1.0;  // unreachable: the switch names every type
}

}  // namespace

double schedule_factor(const Schedule& schedule, int64_t updates_done, double time_share) {
  const double factor = factor_by_updates(schedule, updates_done);
  if (schedule.type != ScheduleType::kLinear) return factor;
  return std::min(factor, std::max(0.0, 1.0 - time_share));
}

}  // namespace finetune::optim
