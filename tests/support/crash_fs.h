#pragma once

#include <cerrno>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/files.h"
#include "support/cached_tree.h"

namespace finetune::test {

/// The simulated power cut. Not a std::exception, so that nothing which handles errors stops it.
struct CrashSignal {};

/// An in-memory file system behind base::Fs that models the page cache: bytes become durable by
/// OutputFile::sync, names by sync_directory of their folder, and reboot() shows what a power cut
/// would leave. Models: SQLite's crash-test VFS and RocksDB's FaultInjectionTestFS. Operations that
/// change something are counted from 0; removing a tree is one operation an entry. Thread-safe.
/// Paths are taken from the root; symbolic links are followed.
class CrashFs : public base::Fs {
 public:
  struct Plan {
    int64_t crash_at = -1;  ///< this operation throws CrashSignal, and so does all after it; a
                            ///< write is done by half, anything else not at all
    int64_t fail_at = -1;   ///< this operation throws IoError
    int error_number = ENOSPC;
    bool is_lasting = false;  ///< from fail_at on, all that needs space fails; removing still works
    uint64_t free_bytes = uint64_t{1} << 40;
  };

  CrashFs();
  explicit CrashFs(Plan plan);

  /// A folder and all above it, durable, not counted.
  void add_folder(const std::filesystem::path& path);

  /// The file system after a power cut now (whether or not the plan had one), without a plan.
  std::unique_ptr<CrashFs> reboot(Survival survival, uint64_t seed = 0) const;

  /// The content of `folder` as the running system sees it, written into `real_folder`.
  void copy_to_disk(const std::filesystem::path& folder,
                    const std::filesystem::path& real_folder) const;

  /// What was done, one line an operation: "write /run/state.json".
  const std::vector<std::string>& operations() const { return operations_; }

  std::unique_ptr<base::OutputFile> create(const std::filesystem::path& path) override;
  void make_directory(const std::filesystem::path& path) override;
  void rename(const std::filesystem::path& from, const std::filesystem::path& to) override;
  void exchange(const std::filesystem::path& a, const std::filesystem::path& b) override;
  void remove_file(const std::filesystem::path& path) override;
  void remove_tree(const std::filesystem::path& path) override;
  void symlink(const std::filesystem::path& target, const std::filesystem::path& link) override;
  void sync_directory(const std::filesystem::path& path) override;
  std::vector<std::string> list(const std::filesystem::path& path) override;
  bool exists(const std::filesystem::path& path) override;
  std::string read(const std::filesystem::path& path) override;
  uint64_t free_bytes(const std::filesystem::path& path) override;

 private:
  friend class CrashFile;
  struct Place;
  enum class Links { kFollow, kKeep };  ///< what to do with a link at the end of a path

  void begin(const std::string& action, const std::filesystem::path& path, bool needs_space,
             const std::function<void()>& do_half = {});
  NodePtr find(const std::filesystem::path& path, Links links, int num_links = 0) const;
  Place place_of(const std::filesystem::path& path) const;
  void remove_entries(CachedNode& folder, const std::filesystem::path& path);
  void stop_if_crashed() const;

  mutable std::recursive_mutex mutex_;
  Plan plan_;
  NodePtr root_;
  std::vector<std::string> operations_;
  bool has_crashed_ = false;
};

/// One power cut of for_each_crash.
struct CrashPoint {
  int64_t operation = 0;    ///< number of the interrupted operation; past the last: at the very end
  std::string description;  ///< for INFO(): operation, its path, survival
};

/// Runs `scenario` on a fresh CrashFs once for every operation it does, with a power cut at that
/// operation, and once to its end; each time calls `check` with every kind of survivor.
void for_each_crash(const std::function<void(CrashFs&)>& scenario,
                    const std::function<void(CrashFs& survivor, const CrashPoint&)>& check);

}  // namespace finetune::test
