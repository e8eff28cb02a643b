#include "text/safe_chars.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

namespace finetune::text {

TEST_CASE("what a normalizer changes, or what may join its neighbours, is not safe") {
  const nlohmann::json json = nlohmann::json::parse(R"({"type": "NFKC"})");
  const auto normalizer = read_normalizer(JsonNode(json));
  const SafeChars chars(normalizer.get(), "`");
  for (const char* text : {"", "abc", "x-1", "\u00E9", "\u4E2D\u6587", "\uAC00", "\u2014"}) {
    INFO(text);
    CHECK(chars.all_safe(text));
    CHECK(chars.all_safe(text));  // now from memory
  }
  for (const char* text : {"a b", "``", "\uFB01", "e\u0301", "\u1100", "\u3000", "\u200D", "\n",
                           "\U0001F600", "\u0301"}) {
    INFO(text);
    CHECK_FALSE(chars.all_safe(text));
    CHECK_FALSE(chars.all_safe(text));
  }
}

TEST_CASE("without a normalizer letters are safe and marks are not") {
  const SafeChars chars(nullptr, "\u2581");
  CHECK(chars.all_safe("\uFB01"));
  CHECK_FALSE(chars.all_safe("\u2581"));
  CHECK_FALSE(chars.all_safe("\u0301"));
}

}  // namespace finetune::text
