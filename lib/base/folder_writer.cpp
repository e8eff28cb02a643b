#include "base/folder_writer.h"

#include <unistd.h>

#include <string>
#include <vector>

#include "base/error.h"
#include "base/files.h"
#include "base/log.h"
#include "base/process_info.h"
#include "base/strings.h"

namespace finetune::base {

namespace {

namespace fs = std::filesystem;

std::string prefix_of(const fs::path& target) {
  return cat(".", target.filename().string(), ".tmp.");
}

/// What cannot be removed costs space and nothing else.
void remove_if_possible(Fs& fs, const fs::path& folder) {
  try {
    fs.remove_tree(folder);
  } catch (const Error& error) {
    log_warning(error.report());
  }
}

/// Removes what earlier processes left beside `target`, and this one, if it has tried before.
void sweep(Fs& fs, const fs::path& target) {
  const std::string prefix = prefix_of(target);
  std::vector<fs::path> left;
  for (const std::string& name : fs.list(target.parent_path())) {
    if (!name.starts_with(prefix)) continue;
    const auto process = parse_int64(std::string_view(name).substr(prefix.size()));
    if (process && (process == ::getpid() || !is_running(*process)))
      left.push_back(target.parent_path() / name);
  }
  if (left.empty()) return;
  // One of them may hold the folder that the target has replaced: not before that lasts.
  fs.sync_directory(target.parent_path());
  for (const fs::path& folder : left) remove_if_possible(fs, folder);
}

}  // namespace

void make_directories(Fs& fs, const fs::path& folder) {
  if (folder.empty() || fs.exists(folder)) return;
  make_directories(fs, folder.parent_path());
  fs.make_directory(folder);
  fs.sync_directory(folder.parent_path());
}

void write_folder_durably(Fs& fs, const fs::path& target,
                          const std::function<void(const fs::path& folder)>& fill) {
  const fs::path parent = target.parent_path();
  make_directories(fs, parent);
  sweep(fs, target);
  const fs::path staged = parent / cat(prefix_of(target), ::getpid());
  try {
    fs.make_directory(staged);
    fill(staged);
    fs.sync_directory(staged);
    if (fs.exists(target)) {
      fs.exchange(staged, target);
    } else {
      fs.rename(staged, target);
    }
  } catch (...) {
    remove_if_possible(fs, staged);
    throw;
  }
  fs.sync_directory(parent);
  remove_if_possible(fs, staged);
}

}  // namespace finetune::base
