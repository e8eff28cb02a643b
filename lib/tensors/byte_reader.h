#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <type_traits>

#include "base/error.h"
#include "base/strings.h"

namespace finetune::tensors {

/// Reads little-endian numbers and texts one after another. Throws CheckpointError instead of
/// reading past the end.
class ByteReader {
 public:
  /// `what` names the bytes in messages and outlives the reader.
  ByteReader(std::span<const std::byte> bytes, std::string_view what)
      : bytes_(bytes), what_(what) {}

  template <class T>
  T read() {
    static_assert(std::is_integral_v<T>);
    T value;
    std::memcpy(&value, take(sizeof(T)), sizeof(T));
    return value;
  }

  std::string_view read_text(uint64_t size) {
    return {reinterpret_cast<const char*>(take(size)), static_cast<size_t>(size)};
  }

  /// Text up to a newline, which is consumed.
  std::string_view read_line() {
    const std::string_view rest(reinterpret_cast<const char*>(bytes_.data()) + offset_,
                                remaining());
    const size_t size = rest.find('\n');
    if (size == std::string_view::npos) fail(remaining() + 1);
    offset_ += size + 1;
    return rest.substr(0, size);
  }

  std::span<const std::byte> read_bytes(uint64_t size) {
    return {take(size), static_cast<size_t>(size)};
  }

  uint64_t offset() const { return offset_; }
  uint64_t remaining() const { return bytes_.size() - offset_; }

 private:
  const std::byte* take(uint64_t size) {
    if (size > remaining()) fail(size);
    const std::byte* at = bytes_.data() + offset_;
    offset_ += size;
    return at;
  }

  [[noreturn]] void fail(uint64_t size) const {
    throw CheckpointError(base::cat(what_, " ends at offset ", bytes_.size(), " where ", size,
                                    " bytes from offset ", offset_,
                                    " are needed: it is truncated"));
  }

  std::span<const std::byte> bytes_;
  std::string_view what_;
  uint64_t offset_ = 0;
};

}  // namespace finetune::tensors
