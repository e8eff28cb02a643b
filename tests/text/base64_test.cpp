#include "text/base64.h"

#include <catch2/catch.hpp>

namespace finetune::text {

TEST_CASE("base64 equals the examples of RFC 4648") {
  const std::pair<std::string, std::string> examples[] = {{"", ""},
                                                          {"f", "Zg=="},
                                                          {"fo", "Zm8="},
                                                          {"foo", "Zm9v"},
                                                          {"foob", "Zm9vYg=="},
                                                          {"fooba", "Zm9vYmE="},
                                                          {"foobar", "Zm9vYmFy"},
                                                          {"\xFB\xFF", "+/8="}};
  for (const auto& [bytes, text] : examples) {
    CHECK(encode_base64(bytes) == text);
    CHECK(decode_base64(text) == bytes);
  }
}

TEST_CASE("what is not base64 is refused") {
  for (const char* text : {"Z", "Zg", "Zg=", "Zm9v=", "====", "Zm9v====", "Z===", "Zh==", "Zm9=",
                           "Zm v", "Zm9v\n", "Zm-_", "Zg==Zg=="}) {
    INFO(text);
    CHECK_FALSE(decode_base64(text).has_value());
  }
}

}  // namespace finetune::text
