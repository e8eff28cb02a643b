#pragma once

#include <filesystem>

namespace finetune::base {

/// Exclusive ownership of a run folder by flock on `<folder>/.lock`, which holds pid, host, start
/// time and command. A lock left behind by a killed process is taken over. Throws BusyError naming
/// the holder, IoError when the folder does not exist or cannot be written.
class FolderLock {
 public:
  explicit FolderLock(const std::filesystem::path& folder);
  ~FolderLock();
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  int descriptor_ = -1;
};

}  // namespace finetune::base
