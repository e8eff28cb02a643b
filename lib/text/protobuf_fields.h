#pragma once

#include <cstdint>
#include <string_view>

namespace finetune::text {

/// One field of a protobuf message in its wire form.
struct ProtobufField {
  enum class Kind : uint8_t { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 };

  uint32_t number;
  Kind kind;
  uint64_t value;          ///< of kVarint, kFixed64 and kFixed32
  std::string_view bytes;  ///< of kBytes
  uint64_t position;       ///< of the field in the file

  /// All throw CheckpointError naming the position where the kind or the value does not fit.
  std::string_view text() const;  ///< valid UTF-8
  std::string_view message() const;
  bool boolean() const;
  int32_t int32() const;
  float real() const;

 private:
  void expect(Kind wanted) const;
};

/// Walks through the fields of one message, whatever they mean. Every read is checked against the
/// end. https://protobuf.dev/programming-guides/encoding
class ProtobufFields {
 public:
  /// `position` is that of `message` in the file.
  ProtobufFields(std::string_view message, uint64_t position)
      : rest_(message), position_(position) {}
  /// The message that `field` holds.
  explicit ProtobufFields(const ProtobufField& field);

  bool at_end() const { return rest_.empty(); }
  /// Throws CheckpointError naming the position of a field that is cut short or malformed.
  ProtobufField next();

 private:
  uint64_t take_varint();
  uint64_t take_fixed(size_t size);
  std::string_view take(uint64_t size);

  std::string_view rest_;
  uint64_t position_;
};

}  // namespace finetune::text
