#include "data/check_bytes.h"

#include "data_files.h"

namespace {

using namespace finetune;

/// "reason@byte", or "" where the bytes are fine.
std::string verdict(std::string_view bytes) {
  try {
    data::check_bytes(bytes);
  } catch (const data::BadRow& bad) {
    return std::string(bad.reason) + "@" + std::to_string(bad.byte_in_row);
  }
  return {};
}

}  // namespace

TEST_CASE("The first byte that is not text is found") {
  using namespace std::string_literals;
  CHECK(verdict("plain").empty());
  CHECK(verdict("\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80").empty());
  CHECK(verdict("a\0b"s) == "nul@1");
  CHECK(verdict("ab\xFF") == "invalid_utf8@2");
  CHECK(verdict("\xC3\xA9\xA9x") == "invalid_utf8@2");      // a stray continuation byte
  CHECK(verdict("ab\xE2\x82") == "invalid_utf8@2");         // ends too early
  CHECK(verdict("a\xED\xA0\x80") == "invalid_utf8@1");      // a surrogate
  CHECK(verdict("\xC0\xAF") == "invalid_utf8@0");           // overlong
  CHECK(verdict("x\xF4\x90\x80\x80") == "invalid_utf8@1");  // beyond U+10FFFF
}

TEST_CASE("A line that was not read whole is refused") {
  data::Line line;
  line.bytes = "abc\n";
  CHECK_NOTHROW(data::check_line(line));
  line.is_too_long = true;
  CHECK_THROWS_AS(data::check_line(line), data::BadRow);
}
