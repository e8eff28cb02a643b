#include "text/protobuf_fields.h"

#include <bit>

#include "base/error.h"
#include "base/strings.h"

namespace finetune::text {
namespace {

[[noreturn]] void fail(uint64_t position, std::string_view problem) {
  throw CheckpointError(base::cat("at byte ", position, ": ", problem));
}

}  // namespace

void ProtobufField::expect(Kind wanted) const {
  if (kind == wanted) return;
  fail(position, base::cat("field ", number, " is of wire type ", static_cast<int>(kind),
                           ", expected ", static_cast<int>(wanted)));
}

std::string_view ProtobufField::message() const {
  expect(Kind::kBytes);
  return bytes;
}

std::string_view ProtobufField::text() const {
  if (!base::is_valid_utf8(message())) {
    fail(position, base::cat("field ", number, " is not UTF-8: ", base::quote(bytes)));
  }
  return bytes;
}

bool ProtobufField::boolean() const {
  expect(Kind::kVarint);
  return value != 0;
}

int32_t ProtobufField::int32() const {
  expect(Kind::kVarint);
  const auto number64 = static_cast<int64_t>(value);
  if (number64 < INT32_MIN || number64 > INT32_MAX) {
    fail(position, base::cat("field ", number, " is ", number64, ", too large"));
  }
  return static_cast<int32_t>(number64);
}

float ProtobufField::real() const {
  expect(Kind::kFixed32);
  return std::bit_cast<float>(static_cast<uint32_t>(value));
}

ProtobufFields::ProtobufFields(const ProtobufField& field)
    : rest_(field.message()), position_(field.position) {}

ProtobufField ProtobufFields::next() {
  const uint64_t start = position_;
  const uint64_t key = take_varint();
  const auto kind = static_cast<ProtobufField::Kind>(key & 7);
  if (key >> 3 == 0 || key >> 32 != 0) fail(start, "this is no field number");
  ProtobufField field{static_cast<uint32_t>(key >> 3), kind, 0, {}, start};
  switch (kind) {
    case ProtobufField::Kind::kVarint:
      field.value = take_varint();
      break;
    case ProtobufField::Kind::kFixed64:
      field.value = take_fixed(8);
      break;
    case ProtobufField::Kind::kFixed32:
      field.value = take_fixed(4);
      break;
    case ProtobufField::Kind::kBytes:
      field.bytes = take(take_varint());
      field.position = position_ - field.bytes.size();
      break;
    default:
      fail(start, base::cat("wire type ", key & 7, " is not used in such files"));
  }
  return field;
}

uint64_t ProtobufFields::take_varint() {
  const uint64_t start = position_;
  uint64_t value = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    const auto byte = static_cast<unsigned char>(take(1).front());
    if (shift == 63 && byte > 1) break;
    value |= static_cast<uint64_t>(byte & 0x7F) << shift;
    if (byte < 0x80) return value;
  }
  fail(start, "a number of more than 64 bits");
}

uint64_t ProtobufFields::take_fixed(size_t size) {
  uint64_t value = 0;
  int shift = 0;
  for (const char byte : take(size)) {
    value |= static_cast<uint64_t>(static_cast<unsigned char>(byte)) << shift;
    shift += 8;
  }
  return value;
}

std::string_view ProtobufFields::take(uint64_t size) {
  if (size > rest_.size()) {
    fail(position_, base::cat("expected ", size, " more bytes, found ", rest_.size()));
  }
  const std::string_view taken = rest_.substr(0, size);
  rest_.remove_prefix(size);
  position_ += size;
  return taken;
}

}  // namespace finetune::text
