#include "text/protobuf_fields.h"

#include <catch2/catch.hpp>

#include "base/error.h"

namespace finetune::text {
namespace {

std::string error_of(std::string_view bytes) {
  try {
    for (ProtobufFields fields(bytes, 100); !fields.at_end();) fields.next();
  } catch (const CheckpointError& error) {
    return error.report();
  }
  return "no error";
}

}  // namespace

TEST_CASE("fields of every wire type are read") {
  const std::string bytes(
      "\x08\x96\x01\x12\x02hi\x1D\x00\x00\x80\x3F\x21\x01\x00\x00\x00\x00\x00\x00\x00", 21);
  ProtobufFields fields(bytes, 0);
  CHECK(fields.next().int32() == 150);
  CHECK(fields.next().text() == "hi");
  CHECK(fields.next().real() == 1.0F);
  CHECK(fields.next().value == 1);
  CHECK(fields.at_end());
}

TEST_CASE("malformed fields are refused with their position") {
  CHECK_THAT(error_of("\x08"), Catch::Contains("byte 101") && Catch::Contains("expected 1"));
  CHECK_THAT(error_of("\x12\x05hi"), Catch::Contains("expected 5 more bytes, found 2"));
  CHECK_THAT(error_of(std::string(1, '\0')), Catch::Contains("no field number"));
  CHECK_THAT(error_of("\x0B"), Catch::Contains("wire type 3"));
  CHECK_THAT(error_of("\x08\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x7F"), Catch::Contains("64 bits"));
  CHECK_THAT(error_of("\x12\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01"), Catch::Contains("expected"));
}

TEST_CASE("a field of another type or size than expected is refused") {
  ProtobufFields text("\x12\x01\xFF", 0);
  CHECK_THROWS_WITH(text.next().text(), Catch::Contains("UTF-8"));
  ProtobufFields number("\x08\x01", 0);
  CHECK_THROWS_WITH(number.next().text(), Catch::Contains("wire type 0"));
  ProtobufFields large("\x08\xFF\xFF\xFF\xFF\xFF\x01", 0);
  CHECK_THROWS_WITH(large.next().int32(), Catch::Contains("too large"));
}

}  // namespace finetune::text
