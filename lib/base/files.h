#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/folder_lock.h"
#include "base/mapped_file.h"

namespace finetune::base {

/// A file being written. Nothing is durable before sync() has returned.
class OutputFile {
 public:
  virtual ~OutputFile() = default;
  /// Claims the space of a file of so many bytes, where the file system can, so that a full disk
  /// shows before anything is written. The file's size stays.
  virtual void reserve(uint64_t bytes) = 0;
  virtual void write(std::span<const std::byte> bytes) = 0;
  virtual void sync() = 0;  ///< fsync. After an error the file must be written anew: never retried.
  virtual void close() = 0;  ///< Also reports late errors. The destructor closes silently.
};

/// Every durable write goes through this interface, so that tests can stop the world at any
/// operation. All functions throw IoError naming the path and the cause.
class Fs {
 public:
  virtual ~Fs() = default;
  virtual std::unique_ptr<OutputFile> create(
      const std::filesystem::path& path) = 0;                          ///< new or truncated
  virtual void make_directory(const std::filesystem::path& path) = 0;  ///< parent must exist
  virtual void rename(const std::filesystem::path& from, const std::filesystem::path& to) = 0;
  /// Each takes the other's name; both must exist. One step where the file system can, else renames
  /// of which the last that fails is undone.
  virtual void exchange(const std::filesystem::path& a, const std::filesystem::path& b) = 0;
  virtual void remove_file(const std::filesystem::path& path) = 0;  ///< a link, not its target
  virtual void remove_tree(const std::filesystem::path& path) = 0;  ///< nothing there is no error
  virtual void symlink(const std::filesystem::path& target, const std::filesystem::path& link) = 0;
  virtual void sync_directory(const std::filesystem::path& path) = 0;
  virtual std::vector<std::string> list(const std::filesystem::path& path) = 0;  ///< names, sorted
  virtual bool exists(const std::filesystem::path& path) = 0;  ///< a dangling link exists, too
  virtual std::string read(const std::filesystem::path& path) = 0;
  virtual uint64_t free_bytes(const std::filesystem::path& path) = 0;
};

/// The real file system.
Fs& posix_fs();

/// Writes `bytes` to `path`, synced and closed. For files of a folder that becomes visible as a
/// whole.
void write_file_synced(Fs& fs, const std::filesystem::path& path, std::string_view bytes);

/// Replaces `path` by `bytes` so that after a crash either the old or the new content is there,
/// whole: temporary file beside it, fsync, rename, fsync of the directory.
void write_file_durably(Fs& fs, const std::filesystem::path& path, std::string_view bytes);

/// The whole of a regular file. Throws IoError when it cannot be read, is not a regular file, or is
/// larger than `max_bytes`.
std::string read_file(const std::filesystem::path& path, uint64_t max_bytes = uint64_t{4} << 30);

}  // namespace finetune::base
