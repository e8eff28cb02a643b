#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

namespace finetune::report {

/// A log that grows by whole records. It never ends a run: when the file cannot be opened or
/// written (full disk, quota, no permission) it warns once and drops records until writing works
/// again; a record that was written in part is taken back.
class AppendFile {
 public:
  /// Creates the file, or continues it.
  explicit AppendFile(std::filesystem::path path);
  ~AppendFile();
  AppendFile(const AppendFile&) = delete;
  AppendFile& operator=(const AppendFile&) = delete;

  void append(std::string_view record);

  /// Bytes in the file, all of them whole records of ours.
  int64_t size() const { return size_; }

  /// Cuts the file to `size` bytes; a shorter file is left alone.
  void truncate(int64_t size);

 private:
  void degrade(std::string_view action);

  std::filesystem::path path_;
  int descriptor_ = -1;
  int64_t size_ = 0;
  bool has_warned_ = false;
};

}  // namespace finetune::report
