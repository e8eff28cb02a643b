#include "text/pre_tokenizer.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "base/error.h"

namespace finetune::text {
namespace {

using nlohmann::json;
using Pieces = std::vector<std::pair<std::string, CharRange>>;

Pieces split(const json& section, std::string_view text) {
  std::vector<AlignedText> pieces{AlignedText(text, 0)};
  read_pre_tokenizer(JsonNode(section))->split(pieces);
  Pieces result;
  for (const AlignedText& piece : pieces) {
    result.push_back(
        {piece.utf8(), {piece.origin(0).first, piece.origin(piece.size() - 1).second}});
  }
  return result;
}

std::string error_of(const json& section) {
  try {
    read_pre_tokenizer(JsonNode(section));
  } catch (const CheckpointError& error) {
    return error.report();
  }
  return "no error";
}

}  // namespace

// Expected values: pre_tokenize_str of tokenizers 0.22.2.
TEST_CASE("each pre-tokenizer cuts where tokenizers cuts") {
  CHECK(split({{"type", "Metaspace"}, {"replacement", "\u2581"}, {"prepend_scheme", "first"}},
              "a  b") == Pieces{{"\u2581a", {0, 1}}, {"\u2581", {1, 2}}, {"\u2581b", {2, 4}}});
  CHECK(split({{"type", "UnicodeScripts"}}, "  \u3069\u6F22 abc. \u0440") ==
        Pieces{{"\u3069\u6F22 ", {2, 5}}, {"abc", {5, 8}}, {". ", {8, 10}}, {"\u0440", {10, 11}}});
  CHECK(split({{"type", "Digits"}, {"individual_digits", false}}, "a12 \u00BDb") ==
        Pieces{{"a", {0, 1}}, {"12", {1, 3}}, {" ", {3, 4}}, {"\u00BD", {4, 5}}, {"b", {5, 6}}});
  CHECK(split({{"type", "Digits"}, {"individual_digits", true}}, "a12") ==
        Pieces{{"a", {0, 1}}, {"1", {1, 2}}, {"2", {2, 3}}});
  CHECK(split({{"type", "Punctuation"}}, "a!b") ==
        Pieces{{"a", {0, 1}}, {"!", {1, 2}}, {"b", {2, 3}}});
  CHECK(split({{"type", "Whitespace"}}, "a_b!? c\u0301") ==
        Pieces{{"a_b", {0, 3}}, {"!?", {3, 5}}, {"c\u0301", {6, 8}}});
  CHECK(split({{"type", "FixedLength"}, {"length", 2}}, "abcde") ==
        Pieces{{"ab", {0, 2}}, {"cd", {2, 4}}, {"e", {4, 5}}});
  CHECK(split({{"type", "CharDelimiterSplit"}, {"delimiter", "x"}}, "axxb") ==
        Pieces{{"a", {0, 1}}, {"b", {3, 4}}});
  CHECK(split({{"type", "BertPreTokenizer"}}, "a.b  c") ==
        Pieces{{"a", {0, 1}}, {".", {1, 2}}, {"b", {2, 3}}, {"c", {5, 6}}});
  const json byte_level = {
      {"type", "ByteLevel"}, {"add_prefix_space", true}, {"trim_offsets", true}};
  CHECK(split(byte_level, "\u00E9's  x") == Pieces{{"\u0120\u00C3\u00A9", {0, 1}},
                                                   {"'s", {1, 3}},
                                                   {"\u0120", {3, 4}},
                                                   {"\u0120x", {4, 6}}});
}

TEST_CASE("a sequence cuts the pieces of one pre-tokenizer by the next") {
  const json sequence = {
      {"type", "Sequence"},
      {"pretokenizers",
       {{{"type", "WhitespaceSplit"}}, {{"type", "Digits"}, {"individual_digits", true}}}}};
  CHECK(split(sequence, "a1 b") == Pieces{{"a", {0, 1}}, {"1", {1, 2}}, {"b", {3, 4}}});
}

TEST_CASE("options that contradict each other, and unknown ones, are refused") {
  const json meta = {{"type", "Metaspace"}, {"replacement", "_"}, {"add_prefix_space", false}};
  CHECK_THAT(error_of(meta), Catch::Contains("prepend_scheme"));
  json never = meta;
  never["prepend_scheme"] = "never";
  CHECK(error_of(never) == "no error");
  CHECK_THAT(error_of({{"type", "Metaspace"}, {"replacement", "ab"}}),
             Catch::Contains("'/replacement': expected a single character"));
  CHECK_THAT(error_of({{"type", "FixedLength"}, {"length", 0}}), Catch::Contains("'/length'"));
  CHECK_THAT(error_of({{"type", "Punctuation"}, {"behavior", "Other"}}),
             Catch::Contains("'/behavior'"));
  json deep = {{"type", "Whitespace"}};
  for (int i = 0; i < 40; ++i) {
    deep = {{"type", "Sequence"}, {"pretokenizers", json::array({deep})}};
  }
  CHECK_THAT(error_of(deep), Catch::Contains("too deep"));
}

}  // namespace finetune::text
