#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "data/sampler.h"

namespace finetune::train {

/// A stretch of an epoch that was trained with one way of making batches.
struct EpochPart {
  data::SamplerOptions sampler;
  int64_t groups = 0;  ///< of micro-batches that were done, one update each
};

/// The micro-batches of epoch `epoch` when `done` of it has been trained before: of an epoch that
/// has just begun those of data::epoch_batches; later `sampler`'s cut of the rows that are left, so
/// that a run which goes on with other batches still meets every row once.
std::vector<std::vector<int64_t>> rest_of_epoch(std::span<const int64_t> lengths,
                                                const data::SamplerOptions& sampler, int64_t epoch,
                                                std::span<const EpochPart> done);

}  // namespace finetune::train
