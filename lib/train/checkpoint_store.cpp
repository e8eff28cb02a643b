#include "train/checkpoint_store.h"

#include <unistd.h>

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/log.h"
#include "base/strings.h"
#include "train/manifest.h"

namespace finetune::train {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kPrefix = "checkpoint-";
constexpr std::string_view kTemporaryPrefix = ".tmp-";
constexpr std::string_view kTrashPrefix = ".trash-";
constexpr std::string_view kDamagedPrefix = "damaged-";
constexpr std::string_view kCopiedPrefix = "copied-";
constexpr const char* kLinks[] = {"best", "last"};

/// What cannot be removed costs space, not the run.
void remove_if_possible(const std::function<void()>& remove) {
  try {
    remove();
  } catch (const Error& error) {
    base::log_warning(
        base::cat("an old folder could not be removed; the run goes on\n", error.report()));
  }
}

/// Steps of the checkpoint folders among `names`, newest first.
std::vector<int64_t> steps_of(const std::vector<std::string>& names) {
  std::vector<int64_t> steps;
  for (const std::string& name : names) {
    if (const auto step = checkpoint_step(name)) steps.push_back(*step);
  }
  std::sort(steps.begin(), steps.end(), std::greater<>());
  return steps;
}

/// Throws CheckpointError where the folder of `step` does not hold what was saved at that step.
void verify_checkpoint(const fs::path& folder, int64_t step) {
  const Manifest manifest = verify_manifest(folder);
  if (manifest.step == step) return;
  throw CheckpointError(
      base::cat(folder.string(), ": holds step ", manifest.step, " under another name"));
}

/// Renames a folder so that nothing takes it for a checkpoint.
void set_aside(base::Fs& files, const fs::path& folder, std::string_view prefix,
               const std::string& why) {
  fs::path aside = folder.parent_path() / base::cat(prefix, folder.filename().string());
  if (files.exists(aside)) aside += base::cat(".", getpid());
  base::log_warning(base::cat("renamed to ", aside.filename().string(), "\n", why));
  files.rename(folder, aside);
  files.sync_directory(folder.parent_path());
}

void remove_links_to(base::Fs& files, const fs::path& folder) {
  for (const char* name : kLinks) {
    const fs::path link = folder.parent_path() / name;
    std::error_code error;  // no link
    if (fs::read_symlink(link, error) != folder.filename()) continue;
    files.remove_file(link);
    files.sync_directory(folder.parent_path());
  }
}

}  // namespace

std::string checkpoint_name(int64_t step) { return base::cat(kPrefix, step); }

std::optional<int64_t> checkpoint_step(const fs::path& folder) {
  const std::string name = folder.filename().string();
  if (!name.starts_with(kPrefix)) return std::nullopt;
  const auto step = base::parse_int64(std::string_view(name).substr(kPrefix.size()));
  return step && checkpoint_name(*step) == name ? step : std::nullopt;  // not "checkpoint-007"
}

CheckpointStore::CheckpointStore(base::Fs& files, fs::path run_folder,
                                 const CheckpointOptions& options)
    : fs_(files), run_folder_(std::move(run_folder)), options_(options) {}

void CheckpointStore::save(int64_t step, bool is_best, uint64_t needed_bytes,
                           const WriteFiles& write_files) {
  const uint64_t free = fs_.free_bytes(run_folder_);
  if (free < needed_bytes + needed_bytes / 20) {
    throw IoError(base::cat("not enough space in ", run_folder_.string(),
                            " for a checkpoint: ", needed_bytes, " bytes needed, ", free,
                            " free; free some space or lower checkpoints.keep_last"));
  }
  const fs::path temporary =
      run_folder_ / base::cat(kTemporaryPrefix, checkpoint_name(step), ".", getpid());
  try {
    write_folder(temporary, step, write_files);
    publish(temporary, step, is_best);
  } catch (Error& error) {
    error.add_context(base::cat("saving ", (run_folder_ / checkpoint_name(step)).string()));
    try {
      if (fs_.exists(temporary)) fs_.remove_tree(temporary);
    } catch (const Error&) {  // the first error is the one to report; the next start sweeps
    }
    throw;
  }
  rotate(step);
}

void CheckpointStore::write_folder(const fs::path& folder, int64_t step,
                                   const WriteFiles& write_files) {
  if (fs_.exists(folder)) fs_.remove_tree(folder);
  fs_.make_directory(folder);
  RecordingFs recording(fs_, folder);
  write_files(recording, folder);
  base::write_file_synced(fs_, folder / kManifestName,
                          to_json_text(Manifest{step, recording.files()}));
  fs_.sync_directory(folder);
}

void CheckpointStore::publish(const fs::path& folder, int64_t step, bool is_best) {
  const fs::path target = run_folder_ / checkpoint_name(step);
  if (fs_.exists(target)) make_room(target, step);
  fs_.rename(folder, target);
  is_whole_[step] = true;
  fs_.sync_directory(run_folder_);
  move_link("last", step);
  fs_.sync_directory(run_folder_);
  if (is_best) mark_best(step);
}

/// For a checkpoint whose step is reached again.
void CheckpointStore::make_room(const fs::path& target, int64_t step) {
  if (!is_whole(step)) {
    set_aside(fs_, target, kDamagedPrefix, "its step is reached again");
    return;
  }
  base::log_warning(
      base::cat("replacing ", target.string(), ", left by an earlier attempt at this step"));
  discard(target);
}

/// Whether a checkpoint holds what was saved. Those that were there before this run are read for
/// that, once.
bool CheckpointStore::is_whole(int64_t step) {
  const auto known = is_whole_.find(step);
  if (known != is_whole_.end()) return known->second;
  bool& answer = is_whole_[step];
  try {
    verify_checkpoint(run_folder_ / checkpoint_name(step), step);
    answer = true;
  } catch (const Error& damaged) {
    base::log_warning(
        base::cat("keeping a checkpoint that does not hold what was saved, beside "
                  "those that checkpoints.keep_last counts; --repair renames it\n",
                  damaged.report()));
  }
  return answer;
}

void CheckpointStore::mark_best(int64_t step) {
  move_link("best", step);
  fs_.sync_directory(run_folder_);
  best_step_ = step;
}

void CheckpointStore::restore(int64_t step, std::optional<int64_t> best_step) {
  move_link("last", step);
  fs_.sync_directory(run_folder_);
  if (best_step && fs_.exists(run_folder_ / checkpoint_name(*best_step))) mark_best(*best_step);
}

void CheckpointStore::move_link(const std::string& name, int64_t step) {
  const fs::path temporary = run_folder_ / base::cat(kTemporaryPrefix, name, ".", getpid());
  if (fs_.exists(temporary)) fs_.remove_file(temporary);
  clear_place(run_folder_ / name);
  fs_.symlink(checkpoint_name(step), temporary);
  try {
    fs_.rename(temporary, run_folder_ / name);
  } catch (const IoError&) {
    remove_if_possible([&] { fs_.remove_file(temporary); });
    throw;
  }
}

/// Copies of a run that follow links (cp -L, archives) have folders where it has links.
void CheckpointStore::clear_place(const fs::path& link) {
  if (!fs::is_directory(fs::symlink_status(link))) return;
  if (is_copy(link)) {
    base::log_warning(base::cat("replacing ", link.string(),
                                ", a copy of a checkpoint of this run, by a link to one"));
    discard(link);
  } else {
    set_aside(fs_, link, kCopiedPrefix,
              "a link of the run goes there, and no whole checkpoint of it holds the same");
  }
}

/// Whether a whole checkpoint of the run holds all that `folder` does.
bool CheckpointStore::is_copy(const fs::path& folder) {
  if (!fs_.exists(folder / kManifestName)) return false;
  for (const int64_t step : steps_of(fs_.list(run_folder_))) {
    const fs::path checkpoint = run_folder_ / checkpoint_name(step);
    if (fs_.list(checkpoint) == fs_.list(folder) &&
        fs_.read(checkpoint / kManifestName) == fs_.read(folder / kManifestName)) {
      return is_whole(step);
    }
  }
  return false;
}

void CheckpointStore::rotate(int64_t newest_step) {
  const std::vector<int64_t> steps = steps_of(fs_.list(run_folder_));
  const int64_t most_kept = std::max<int64_t>(options_.keep_last, 1);
  if (std::ssize(steps) <= most_kept) return;
  int64_t num_kept = 0;
  for (const int64_t step : steps) {
    // Damaged ones are left for their owner to look at; newer ones were passed over as such.
    if (step > newest_step || !is_whole(step)) continue;
    const bool is_best = options_.keep_best && best_step_ == step;
    if (num_kept < most_kept) {
      ++num_kept;
    } else if (!is_best) {
      remove_if_possible([&] {
        if (best_step_ == step) forget_best();
        discard(run_folder_ / checkpoint_name(step));
      });
    }
  }
}

/// Takes the link away before what it points to goes: the best checkpoint is not kept.
void CheckpointStore::forget_best() {
  best_step_.reset();
  fs_.remove_file(run_folder_ / "best");
  fs_.sync_directory(run_folder_);
}

void CheckpointStore::discard(const fs::path& folder) {
  const fs::path trash =
      run_folder_ / base::cat(kTrashPrefix, folder.filename().string(), ".", getpid());
  if (fs_.exists(trash)) fs_.remove_tree(trash);
  fs_.rename(folder, trash);
  fs_.remove_tree(trash);
}

void CheckpointStore::sweep() {
  for (const std::string& name : fs_.list(run_folder_)) {
    if (!name.starts_with(kTemporaryPrefix) && !name.starts_with(kTrashPrefix)) continue;
    base::log_info(
        base::cat("removing ", base::quote(name), ", left behind by an interrupted save"));
    remove_if_possible([&] { fs_.remove_tree(run_folder_ / name); });
  }
}

void set_damaged_aside(base::Fs& files, const fs::path& run_folder) {
  for (const int64_t step : steps_of(files.list(run_folder))) {
    const fs::path folder = run_folder / checkpoint_name(step);
    try {
      verify_checkpoint(folder, step);
    } catch (const CheckpointError& damaged) {
      set_aside(files, folder, kDamagedPrefix, damaged.report());
      remove_links_to(files, folder);
    }
  }
}

std::optional<FoundCheckpoint> find_newest_checkpoint(const fs::path& run_folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(run_folder, error))
    names.push_back(entry.path().filename().string());
  for (const int64_t step : steps_of(names)) {
    const fs::path folder = run_folder / checkpoint_name(step);
    try {
      verify_checkpoint(folder, step);
      return FoundCheckpoint{folder, step};
    } catch (const Error& damaged) {
      base::log_warning(base::cat("passing over a checkpoint that does not hold what was saved\n",
                                  damaged.report()));
    }
  }
  return std::nullopt;
}

}  // namespace finetune::train
