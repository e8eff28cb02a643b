#include "report/protobuf.h"

#include <catch2/catch.hpp>
#include <limits>

using finetune::report::ProtobufMessage;

namespace {

std::string hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  for (const char byte : bytes) {
    out += kDigits[static_cast<uint8_t>(byte) >> 4];
    out += kDigits[static_cast<uint8_t>(byte) & 15];
  }
  return out;
}

}  // namespace

TEST_CASE("fields have the bytes of protobuf's own encoding guide") {
  CHECK(hex(ProtobufMessage().add_int(1, 150).bytes()) == "089601");
  CHECK(hex(ProtobufMessage().add_bytes(2, "testing").bytes()) == "120774657374696e67");
  ProtobufMessage inner;
  inner.add_int(1, 150);
  CHECK(hex(ProtobufMessage().add_message(3, inner).bytes()) == "1a03089601");
}

TEST_CASE(
    "negative numbers take ten bytes, large fields two for the tag, floats are little-endian") {
  CHECK(hex(ProtobufMessage().add_int(2, -2).bytes()) == "10feffffffffffffffff01");
  CHECK(hex(ProtobufMessage().add_int(16, 0).bytes()) == "800100");
  CHECK(hex(ProtobufMessage().add_float(2, 1.0F).bytes()) == "150000803f");
  CHECK(hex(ProtobufMessage().add_double(1, 1.0).bytes()) == "09000000000000f03f");
  CHECK(hex(ProtobufMessage().add_bytes(1, std::string(200, 'a')).bytes()).substr(0, 6) ==
        "0ac801");
}
