#include "text/normalizer.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "base/error.h"

namespace finetune::text {
namespace {

using nlohmann::json;

struct Normalized {
  std::string text;
  std::vector<CharRange> origins;
};

Normalized normalize(const json& section, std::string_view text) {
  AlignedText aligned(text, 0);
  read_normalizer(JsonNode(section))->normalize(aligned);
  Normalized result{aligned.utf8(), {}};
  for (size_t i = 0; i < aligned.size(); ++i) result.origins.push_back(aligned.origin(i));
  return result;
}

std::string error_of(const json& section) {
  try {
    read_normalizer(JsonNode(section));
  } catch (const CheckpointError& error) {
    return error.report();
  }
  return "no error";
}

json simple(const char* type) { return {{"type", type}}; }

}  // namespace

// Expected values: NormalizedString of tokenizers 0.22.2; slice((i, i + 1)).original per character.
TEST_CASE("each normalizer rewrites the text and keeps the places, as tokenizers does") {
  CHECK(normalize(simple("NFC"), "e\u0301\u0323x\u1100\u1161\u11A8").text == "\u1EB9\u0301x\uAC01");
  CHECK(normalize(simple("NFC"), "e\u0301\u0323").origins ==
        std::vector<CharRange>{{0, 1}, {2, 3}});
  CHECK(normalize(simple("NFKD"), "\uFB01\u00B2\u0344").origins ==
        std::vector<CharRange>{{0, 1}, {0, 1}, {1, 2}, {2, 3}, {2, 3}});
  CHECK(normalize(simple("NFKC"), "\uFF76\uFF9E\u2460").text == "\u30AC1");
  CHECK(normalize(simple("StripAccents"), "a\u0301b").text == "ab");
  CHECK(normalize(simple("Nmt"), "a\u0001b\u200Bc\t").text == "ab c ");
  CHECK(normalize(simple("ByteLevel"), "\u00E9 ").text == "\u00C3\u00A9\u0120");
  CHECK(normalize(simple("Lowercase"), "A\u0130").text == "ai\u0307");
  const json strip = {{"type", "Strip"}, {"strip_left", true}, {"strip_right", true}};
  CHECK(normalize(strip, " \u00A0a ").origins == std::vector<CharRange>{{2, 3}});
  CHECK(normalize({{"type", "Prepend"}, {"prepend", "__"}}, "ab").origins ==
        std::vector<CharRange>{{0, 1}, {0, 1}, {0, 1}, {1, 2}});
  CHECK(normalize({{"type", "Prepend"}, {"prepend", "__"}}, "").text.empty());
}

TEST_CASE("a replacement stands where the last character of the match stood") {
  const json text = {{"type", "Replace"}, {"pattern", {{"String", "b"}}}, {"content", "xy"}};
  CHECK(normalize(text, "abc").text == "axyc");
  CHECK(normalize(text, "abc").origins == std::vector<CharRange>{{0, 1}, {1, 2}, {1, 2}, {2, 3}});
  const json regex = {{"type", "Replace"}, {"pattern", {{"Regex", "b*"}}}, {"content", "-"}};
  CHECK(normalize(regex, "abc").text == "-a-c-");
}

TEST_CASE("a sequence applies one normalizer after the other") {
  const json sequence = {
      {"type", "Sequence"},
      {"normalizers", {simple("NFD"), simple("Lowercase"), simple("StripAccents")}}};
  CHECK(normalize(sequence, "\u00C9A").text == "ea");
}

// tokenizers 0.22.2 loads and refuses the same.
TEST_CASE("a normalizer of an old file is known by its keys") {
  CHECK(normalize({{"prepend", "_"}}, "a").text == "_a");
  CHECK(normalize({{"type", nullptr}, {"prepend", "_"}}, "a").text == "_a");
  CHECK(normalize({{"strip_left", true}, {"strip_right", false}}, " a ").text == "a ");
  CHECK(normalize({{"normalizers", {{{"prepend", "x"}}, simple("NFC")}}}, "a").text == "xa");
  CHECK(normalize({{"pattern", {{"String", "a"}}}, {"content", "b"}}, "a").text == "b");
  CHECK(normalize({{"clean_text", true}, {"handle_chinese_chars", true}, {"lowercase", true}}, "A")
            .text == "a");
  CHECK_THAT(error_of({{"strip_left", true}}), Catch::Contains("the key 'type' is missing"));
  CHECK_THAT(error_of(json::object()), Catch::Contains("the key 'type' is missing"));
  CHECK_THAT(error_of({{"precompiled_charsmap", ""}}), Catch::Contains("'type' is missing"));
}

TEST_CASE("a pattern is a string or an expression") {
  json section = {{"type", "Replace"}, {"pattern", {{"String", "a"}, {"Regex", "b"}}}};
  section["content"] = "c";
  CHECK_THAT(error_of(section), Catch::Contains("'/pattern': expected one key"));
  section["pattern"] = json::object();
  CHECK_THAT(error_of(section), Catch::Contains("'/pattern': expected one key"));
}

TEST_CASE("unknown, malformed or too deep normalizers are named by their path") {
  CHECK_THAT(error_of(simple("Unheard")), Catch::Contains("'/type': 'Unheard' is not supported"));
  CHECK_THAT(error_of({{"type", "Strip"}, {"strip_left", 1}, {"strip_right", true}}),
             Catch::Contains("'/strip_left'"));
  CHECK_THAT(error_of({{"type", "Replace"}, {"pattern", {{"Regex", "("}}}, {"content", ""}}),
             Catch::Contains("'/pattern/Regex'") && Catch::Contains("malformed"));
  json deep = simple("NFC");
  for (int i = 0; i < 40; ++i) {
    deep = {{"type", "Sequence"}, {"normalizers", json::array({deep})}};
  }
  CHECK_THAT(error_of(deep), Catch::Contains("too deep"));
}

}  // namespace finetune::text
