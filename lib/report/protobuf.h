#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace finetune::report {

/// A protocol buffer message being written, field by field, in the wire format
/// (protobuf.dev/programming-guides/encoding). Linking protobuf itself would clash with the copy
/// inside LibTorch.
class ProtobufMessage {
 public:
  ProtobufMessage& add_int(int field, int64_t value);
  ProtobufMessage& add_float(int field, float value);
  ProtobufMessage& add_double(int field, double value);
  ProtobufMessage& add_bytes(int field, std::string_view value);  ///< also strings
  ProtobufMessage& add_message(int field, const ProtobufMessage& value);

  const std::string& bytes() const { return bytes_; }

 private:
  void add_varint(uint64_t value);
  void add_tag(int field, int wire_type);

  std::string bytes_;
};

/// `value` in little-endian order.
void append_little_endian(std::string& out, uint64_t value, int num_bytes);

}  // namespace finetune::report
