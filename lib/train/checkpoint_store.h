#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "base/files.h"

namespace finetune::train {

struct CheckpointOptions {
  int64_t keep_last = 2;  ///< newest checkpoints kept, at least 1
  bool keep_best = true;  ///< the best one is kept beside them; else `best` goes with it
};

/// The folders `checkpoint-<step>` of a run, and the links `last` and `best`.
///
/// save() makes a checkpoint appear whole or not at all, whatever happens in between: temporary
/// folder, every file synced, manifest, rename, directory synced; only then the links move, and
/// only then old checkpoints go. All writes go through the Fs. Throws IoError; what was there
/// before is then untouched. A damaged checkpoint is never removed: it does not count as kept, and
/// where its step is reached again it is renamed, as set_damaged_aside() does. A folder in the
/// place of a link, as copies of a run have that follow links, gives way to the link: it goes where
/// it holds what a checkpoint of the run holds, else it is renamed to copied-<link>.
class CheckpointStore {
 public:
  CheckpointStore(base::Fs& fs, std::filesystem::path run_folder, const CheckpointOptions& options);

  /// Writes the files of one checkpoint into `folder` through `fs`, each synced and closed.
  using WriteFiles = std::function<void(base::Fs& fs, const std::filesystem::path& folder)>;

  void save(int64_t step, bool is_best, uint64_t needed_bytes, const WriteFiles& write_files);

  /// Makes `best` stand for a checkpoint that exists already.
  void mark_best(int64_t step);

  /// Removes what crashed saves left behind. Only for the owner of the run folder's lock.
  void sweep();

  /// After a resume from `step`: makes `last`, and `best` where its checkpoint is there, stand for
  /// what they should, since a crash may have come between a checkpoint and its links.
  void restore(int64_t step, std::optional<int64_t> best_step);

 private:
  void write_folder(const std::filesystem::path& folder, int64_t step,
                    const WriteFiles& write_files);
  void publish(const std::filesystem::path& folder, int64_t step, bool is_best);
  void make_room(const std::filesystem::path& target, int64_t step);
  bool is_whole(int64_t step);
  bool is_copy(const std::filesystem::path& folder);
  void move_link(const std::string& name, int64_t step);
  void clear_place(const std::filesystem::path& link);
  void rotate(int64_t newest_step);
  void forget_best();
  void discard(const std::filesystem::path& folder);

  base::Fs& fs_;
  std::filesystem::path run_folder_;
  CheckpointOptions options_;
  std::optional<int64_t> best_step_;
  std::map<int64_t, bool> is_whole_;  ///< by step, of the checkpoints that were written or read
};

struct FoundCheckpoint {
  std::filesystem::path folder;
  int64_t step = 0;
};

/// Renames checkpoints whose manifest does not hold to damaged-checkpoint-<step>, where nothing
/// looks for them, and removes links to them. Only for the owner of the run folder's lock. Throws
/// IoError.
void set_damaged_aside(base::Fs& fs, const std::filesystem::path& run_folder);

/// The newest checkpoint of a run whose manifest holds. Damaged ones are logged and passed over,
/// never deleted.
std::optional<FoundCheckpoint> find_newest_checkpoint(const std::filesystem::path& run_folder);

/// "checkpoint-N", the folder of step N inside a run.
std::string checkpoint_name(int64_t step);

/// N of a folder named checkpoint-N, else nothing.
std::optional<int64_t> checkpoint_step(const std::filesystem::path& folder);

}  // namespace finetune::train
