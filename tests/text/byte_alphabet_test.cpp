#include "text/byte_alphabet.h"

#include <catch2/catch.hpp>

namespace finetune::text {

// Expected: bytes_to_unicode() of transformers' GPT-2 tokenizer.
TEST_CASE("visible bytes stand for themselves and the rest is numbered from U+0100 on") {
  CHECK(byte_alphabet()['!'] == U'!');
  CHECK(byte_alphabet()[0] == 0x100);
  CHECK(byte_alphabet()[' '] == 0x120);
  CHECK(byte_alphabet()[0x7F] == 0x121);
  CHECK(byte_alphabet()[0xAD] == 0x143);
  CHECK(byte_alphabet()[0xFF] == 0xFF);
}

TEST_CASE("the alphabet is read back") {
  for (uint32_t byte = 0; byte < 256; ++byte) {
    CHECK(byte_of(byte_alphabet()[byte]) == static_cast<int32_t>(byte));
  }
  CHECK(byte_of(' ') == -1);
  CHECK(byte_of(0x144) == -1);
  CHECK(byte_of(0x10FFFF) == -1);
}

TEST_CASE("a token that holds another character spells nothing") {
  std::string out = "x";
  CHECK(append_spelled_bytes("\u0120\u00E9", out));
  CHECK(out == "x \xE9");
  CHECK_FALSE(append_spelled_bytes("a b", out));
  CHECK(out == "x \xE9");
}

}  // namespace finetune::text
