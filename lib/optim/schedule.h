#pragma once

#include <cstdint>

namespace finetune::optim {

enum class ScheduleType { kConstant, kLinear };

struct Schedule {
  ScheduleType type = ScheduleType::kLinear;
  int64_t warmup_steps = 0;
  int64_t total_steps = 1;
};

/// Factor on the base learning rate for the update that follows `updates_done` updates (Hugging
/// Face's get_linear_schedule_with_warmup, get_constant_schedule_with_warmup). A pure function.
double schedule_factor(const Schedule& schedule, int64_t updates_done);

}  // namespace finetune::optim
