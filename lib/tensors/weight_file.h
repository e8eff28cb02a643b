#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace finetune::tensors {

/// A weight file, mapped; `owner` keeps the bytes alive.
struct WeightFile {
  std::string name;  ///< the path, for messages
  std::span<const std::byte> bytes;
  std::shared_ptr<const void> owner;

  std::string_view text() const {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }
};

/// Maps `file`. Throws CheckpointError when it is missing, unreadable, empty, not a regular file,
/// or a Git LFS pointer instead of the file itself.
WeightFile open_weight_file(const std::filesystem::path& file);

}  // namespace finetune::tensors
