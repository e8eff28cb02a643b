#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>

namespace finetune::test {

/// What of the unsynced state a power cut leaves behind.
enum class Survival {
  kOnlySynced,  ///< only what sync() and sync_directory() have made durable
  kEverything,  ///< all of it: the kernel happened to write everything back in time
  kNamesOnly,   ///< new names and sizes of synced data, but no unsynced byte: new files are empty
  kTornData,    ///< all names, of unsynced data the first half, then zeros up to the full length
  kMixed,       ///< every name and every file decides for itself, by the seed
};

struct CachedNode;
using NodePtr = std::shared_ptr<CachedNode>;
using Entries = std::map<std::string, NodePtr>;

/// A file, folder or symbolic link, as the running system sees it (the page cache) and as the disk
/// holds it (`durable_`).
struct CachedNode {
  enum class Kind { kFile, kFolder, kLink };
  Kind kind = Kind::kFile;
  std::string bytes, durable_bytes;  ///< of a file
  bool is_lost = false;              ///< a sync failed: the cache calls itself clean, wrongly
  Entries entries, durable_entries;  ///< of a folder
  std::filesystem::path target;      ///< of a link
};

/// The tree below `root` after a power cut, all of it durable. `seed` is for Survival::kMixed.
NodePtr survivor_of(const CachedNode& root, Survival survival, uint64_t seed);

/// What the running system sees in `folder`, written into a folder of the real file system.
void copy_to_disk(const CachedNode& folder, const std::filesystem::path& real_folder);

}  // namespace finetune::test
