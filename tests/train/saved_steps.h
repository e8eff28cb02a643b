#pragma once

#include <filesystem>
#include <set>
#include <string>

#include "base/files.h"
#include "base/strings.h"
#include "support/test_support.h"
#include "train/checkpoint_store.h"

namespace finetune::test {

inline constexpr uint64_t kNeededBytes = 1000;

/// What checkpoints of these tests hold.
inline train::CheckpointStore::WriteFiles files_of(int64_t step) {
  return [step](base::Fs& files, const std::filesystem::path& folder) {
    base::write_file_synced(files, folder / "model.safetensors",
                            base::cat("weights of ", step, std::string(200, 'w')));
    base::write_file_synced(files, folder / "state.json", base::cat("{\"step\":", step, "}"));
  };
}

inline std::set<std::string> names_in(const std::filesystem::path& folder) {
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    names.insert(entry.path().filename().string());
  return names;
}

/// Saves steps 1 to `last_step`, of which these are damaged then.
inline void save_and_damage(const std::filesystem::path& folder, int64_t last_step,
                            const std::set<int64_t>& damaged) {
  train::CheckpointStore store(base::posix_fs(), folder, {9, true});
  for (int64_t step = 1; step <= last_step; ++step)
    store.save(step, false, kNeededBytes, files_of(step));
  for (const int64_t step : damaged)
    write_file(folder / train::checkpoint_name(step) / "state.json", "{\"step\":?}");
}

}  // namespace finetune::test
