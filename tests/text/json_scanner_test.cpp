#include "text/json_scanner.h"

#include <catch2/catch.hpp>

namespace finetune::text {
namespace {
double number(std::string_view text) { return JsonScanner(text).number(); }
}  // namespace

// Expected: scores read and written again by tokenizers 0.22.2.
TEST_CASE("numbers are rounded as serde_json rounds them") {
  CHECK(number("-0.5") == -0.5);
  CHECK(number("0") == 0.0);
  CHECK(number("1e3") == 1000.0);
  CHECK(number("12E-1") == 1.2);
  CHECK(number("1e-400") == 0.0);
  CHECK(number("-15.774467468261719") == -0x1.f8c8700000001p+3);  // nearest: ...0p+3
  CHECK(number("-13.406111717224121") == -0x1.acfeddfffffffp+3);  // nearest: ...acfede
  // 19 digits fill 64 bits; what follows is left out.
  CHECK(number("1.00000000000000000099999999") == 1.0);
  CHECK(number("123456789012345678901234567890") == 0x1.8ee90ff6c373ep+96);
}

TEST_CASE("what is no number is refused") {
  for (const char* text :
       {"", "-", "01", "1.", ".5", "+1", "1e", "1e+", "inf", "nan", "1e999", "x"}) {
    INFO(text);
    CHECK_THROWS_AS(number(text), NotPlainJson);
  }
}

TEST_CASE("strings are unescaped") {
  CHECK(JsonScanner("\"a\\n\\u00e9\\ud83d\\ude00\"").string() == "a\n\u00E9\U0001F600");
  for (const char* text : {"\"\\ud83d\"", "\"\\x\"", "\"a", "\"\\u12\"", "a"}) {
    CHECK_THROWS_AS(JsonScanner(text).string(), NotPlainJson);
  }
}

}  // namespace finetune::text
