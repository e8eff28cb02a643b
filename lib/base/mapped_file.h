#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string_view>

namespace finetune::base {

/// A regular file mapped read-only. Throws IoError (missing, directory, FIFO, device, unreadable).
class MappedFile {
 public:
  explicit MappedFile(const std::filesystem::path& path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  std::span<const std::byte> bytes() const { return {data_, size_}; }
  std::string_view text() const { return {reinterpret_cast<const char*>(data_), size_}; }

 private:
  const std::byte* data_ = nullptr;
  size_t size_ = 0;
};

}  // namespace finetune::base
