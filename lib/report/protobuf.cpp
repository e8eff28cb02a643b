#include "report/protobuf.h"

#include <bit>

namespace finetune::report {

void append_little_endian(std::string& out, uint64_t value, int num_bytes) {
  for (int i = 0; i < num_bytes; ++i) out.push_back(static_cast<char>((value >> (8 * i)) & 0xffU));
}

void ProtobufMessage::add_varint(uint64_t value) {
  for (; value >= 0x80; value >>= 7) bytes_.push_back(static_cast<char>((value & 0x7fU) | 0x80U));
  bytes_.push_back(static_cast<char>(value));
}

void ProtobufMessage::add_tag(int field, int wire_type) {
  add_varint(static_cast<uint64_t>(field) << 3 | static_cast<uint64_t>(wire_type));
}

ProtobufMessage& ProtobufMessage::add_int(int field, int64_t value) {
  add_tag(field, 0);
  add_varint(static_cast<uint64_t>(value));
  return *this;
}

ProtobufMessage& ProtobufMessage::add_double(int field, double value) {
  add_tag(field, 1);
  append_little_endian(bytes_, std::bit_cast<uint64_t>(value), 8);
  return *this;
}

ProtobufMessage& ProtobufMessage::add_float(int field, float value) {
  add_tag(field, 5);
  append_little_endian(bytes_, std::bit_cast<uint32_t>(value), 4);
  return *this;
}

ProtobufMessage& ProtobufMessage::add_bytes(int field, std::string_view value) {
  add_tag(field, 2);
  add_varint(value.size());
  bytes_.append(value);
  return *this;
}

ProtobufMessage& ProtobufMessage::add_message(int field, const ProtobufMessage& value) {
  return add_bytes(field, value.bytes());
}

}  // namespace finetune::report
