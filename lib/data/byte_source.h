#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace finetune::data {

/// Bytes of a file, pipe or standard input, decompressed.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  /// Fills `buffer` from the front; 0 at the end. Throws DataError (damaged compression) or
  /// IoError.
  virtual size_t read(std::span<char> buffer) = 0;
};

/// Opens `path` ("-": standard input), decompressing by its ending (.gz, .zst). Pipes and terminals
/// are fine. Throws DataError naming the path: missing, unreadable, a directory, a device.
std::unique_ptr<ByteSource> open_source(const std::string& path);

/// `path` for messages: "standard input" for "-".
std::string name_of_source(const std::string& path);

/// `path` without its compression ending: "a.tsv.gz" -> "a.tsv".
std::string_view without_compression(std::string_view path);

}  // namespace finetune::data
