#pragma once

#include <cstdint>
#include <string>

#include "metrics/metric.h"
#include "optim/adamw.h"
#include "optim/flat_parameters.h"

namespace finetune::train {

/// Throws DivergedError for an update that is not made: `where` says what is not finite, and when.
[[noreturn]] void refuse_update(const std::string& where);

/// Throws DivergedError, naming the tensor, where an update has left a weight or a moment that is
/// not finite, or weights whose norm is none in fp32: what is computed with them would not be.
void require_sound_state(const optim::FlatParameters& parameters, const optim::AdamW& optimizer);

/// Throws DivergedError where the "loss" of an evaluation is there and not finite.
void require_finite_loss(const metrics::Values& values);

/// What is to be said of an evaluation that ended with a DivergedError.
std::string failed_evaluation(int64_t num_updates);

}  // namespace finetune::train
