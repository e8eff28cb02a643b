#pragma once

#include <filesystem>
#include <span>
#include <string_view>

namespace finetune::base {

/// An open file descriptor, closed with its owner. For the sources of this room only.
class Descriptor {
 public:
  /// open(2) with O_CLOEXEC, again after a signal. `action` ("open", "create") is for the message.
  Descriptor(const std::filesystem::path& path, int flags, std::string_view action);
  ~Descriptor();
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int get() const { return descriptor_; }
  int release();

 private:
  int descriptor_;
};

/// Throws IoError "cannot <action> '<path>': <meaning of errno>".
[[noreturn]] void throw_errno(std::string_view action, const std::filesystem::path& path,
                              int error_number);

/// A regular file opened for reading. Never blocks on a FIFO. Throws IoError for anything else.
Descriptor open_regular(const std::filesystem::path& path);

/// Size in bytes. Throws IoError if the descriptor is not a regular file.
size_t regular_size(int descriptor, const std::filesystem::path& path);

/// All of `bytes`, however many calls of write(2) it takes.
void write_all(int descriptor, std::span<const std::byte> bytes, const std::filesystem::path& path);

}  // namespace finetune::base
