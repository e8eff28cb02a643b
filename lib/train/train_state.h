#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "train/early_stopping.h"
#include "train/epoch_parts.h"
#include "train/interval.h"

namespace finetune::train {

/// Everything beside weights and moments that a run needs to go on exactly: random streams are
/// functions of these counters, so there is no generator state.
struct TrainState {
  Position position;
  Position previous_boundary;        ///< where evaluations and checkpoints were last considered
  Position previous_answers;         ///< where answers were last judged
  bool is_boundary_pending = false;  ///< the update is done, its evaluation and checkpoint are not
  int64_t epoch = 0;                 ///< current epoch, from 0
  int64_t group_in_epoch = 0;        ///< groups of micro-batches of this epoch that are done
  data::SamplerOptions sampler;      ///< what cuts them
  std::vector<EpochPart> epoch_parts;  ///< of this epoch, before the run went on with other batches
  int64_t extra_updates = 0;  ///< more than the run has by its present batches, because of those
  int64_t micro_batches = 0;  ///< since the start of the run: the dropout step
  int64_t examples = 0;
  int64_t skipped_updates = 0;  ///< groups whose loss or gradient was not finite
  int64_t consecutive_skipped = 0;

  double window_loss = 0.0;  ///< sum of the mean losses of the updates since the last log line
  int64_t window_updates = 0;
  double total_loss = 0.0;  ///< sum of the mean losses of all updates

  std::optional<double> best_metric;
  int64_t best_step = 0;
  EarlyStopping::State early_stopping;
  bool is_stopped_early = false;

  std::string listener_state = "{}";  ///< JSON of TrainListener::state()
};

/// JSON text of a state and back. Throws CheckpointError naming `file` and the key.
std::string to_json_text(const TrainState& state);
TrainState train_state_from_json(std::string_view text, const std::string& file);

}  // namespace finetune::train
