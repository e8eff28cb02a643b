#include "train/checkpoint_files.h"

#include <string>

#include "tensors/named_tensors.h"
#include "tensors/safetensors_writer.h"

namespace finetune::train {

namespace {
constexpr const char* kStateName = "state.json";
constexpr const char* kOptimizerName = "optimizer.safetensors";
}  // namespace

void write_train_state(base::Fs& fs, const std::filesystem::path& folder, const TrainState& state,
                       const optim::AdamW& optimizer) {
  tensors::write_safetensors(fs, folder / kOptimizerName, optimizer.state());
  base::write_file_synced(fs, folder / kStateName, to_json_text(state));
}

TrainState read_train_state(const std::filesystem::path& folder, optim::AdamW& optimizer) {
  const std::filesystem::path file = folder / kStateName;
  TrainState state = train_state_from_json(base::read_file(file), file.string());
  optimizer.load_state(tensors::read_safetensors(folder / kOptimizerName), state.position.updates);
  return state;
}

}  // namespace finetune::train
