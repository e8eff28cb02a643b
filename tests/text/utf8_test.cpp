#include "text/utf8.h"

#include <catch2/catch.hpp>

#include "base/strings.h"

namespace finetune::text {
namespace {

std::u32string decode_all(std::string_view bytes) {
  std::u32string out;
  while (!bytes.empty()) {
    const DecodedChar decoded = decode_char(bytes);
    out += decoded.code_point;
    bytes.remove_prefix(decoded.length);
  }
  return out;
}

}  // namespace

TEST_CASE("every code point survives encoding and decoding") {
  for (char32_t c = 0; c < 0x110000; ++c) {
    if (c >= 0xD800 && c < 0xE000) continue;
    char bytes[4];
    const std::string_view text(bytes, encode_char(c, bytes));
    const DecodedChar decoded = decode_char(text);
    if (decoded.code_point != c || decoded.length != text.size() || last_char(text) != c ||
        !base::is_valid_utf8(text)) {
      FAIL("U+" << std::hex << static_cast<uint32_t>(c));
    }
  }
}

TEST_CASE("each maximal ill-formed subpart becomes one U+FFFD") {
  // The example of the Unicode Standard, table 3-8, and the usual suspects.
  CHECK(decode_all("a\xF1\x80\x80\xE1\x80\xC2z") == U"a\uFFFD\uFFFD\uFFFDz");
  CHECK(decode_all("\xC0\xAF") == U"\uFFFD\uFFFD");
  CHECK(decode_all("\xE0\x80\xBF") == U"\uFFFD\uFFFD\uFFFD");
  CHECK(decode_all("\xED\xA0\x80") == U"\uFFFD\uFFFD\uFFFD");
  CHECK(decode_all("\xF4\x90\x80\x80") == U"\uFFFD\uFFFD\uFFFD\uFFFD");
  CHECK(decode_all("\xF0\x9F\x98") == U"\uFFFD");
  CHECK(count_chars("a\xF0\x9F\x98") == 2);
}

TEST_CASE("the last character is found behind anything") {
  CHECK(last_char("a\xC3\xA9") == U'\u00E9');
  CHECK(last_char("\xC3\xA9z") == U'z');
  CHECK(last_char("z\x80") == kReplacement);
}

}  // namespace finetune::text
