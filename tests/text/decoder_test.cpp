#include "text/decoder.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "base/strings.h"

namespace finetune::text {
namespace {

std::string decode(const char* json, std::vector<std::string> tokens) {
  const nlohmann::json value = nlohmann::json::parse(json);
  read_decoder(JsonNode(value))->decode(tokens);
  return base::join(tokens, "");
}

}  // namespace

// Expected: the decoders of tokenizers 0.22.2; many more in model_reference.py.
TEST_CASE("byte-level tokens become bytes, others stay") {
  constexpr const char* kByteLevel =
      R"({"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true})";
  CHECK(decode(kByteLevel, {"\u0120Hi", "\u00C3", "\u00A9", "a b"}) ==
        " Hi\u00E9"
        "a b");
  CHECK(decode(kByteLevel, {"\u00C3"}) == "\uFFFD");
}

TEST_CASE("Metaspace takes the first space away where one was prepended") {
  CHECK(decode(R"({"type": "Metaspace", "replacement": "\u2581"})",
               {"\u2581Hey", "\u2581you", "\u2581"}) == "Hey you ");
  CHECK(decode(R"({"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "never"})",
               {"\u2581Hey"}) == " Hey");
}

TEST_CASE("suffixes become spaces, but not the last") {
  CHECK(decode(R"({"type": "BPEDecoder", "suffix": "</w>"})", {"a</w>", "b", "c</w>"}) == "a bc");
  CHECK(decode(R"({"type": "BPEDecoder", "suffix": ""})", {"abc", "d", ""}) == " a b c  d ");
  CHECK(decode(R"({"type": "BPEDecoder", "suffix": "x"})", {}) == "");
}

TEST_CASE("byte tokens become text, or one replacement character each") {
  constexpr const char* kBytes = R"({"type": "ByteFallback"})";
  CHECK(decode(kBytes, {"a", "<0xC3>", "<0xA9>", "b"}) ==
        "a\u00E9"
        "b");
  CHECK(decode(kBytes, {"<0x+A>", "<0xE2>"}) == "\uFFFD\uFFFD");
  CHECK(decode(kBytes, {"<0xZZ>", "<0x1>"}) == "<0xZZ><0x1>");
}

TEST_CASE("a decoder of an old file is known by its keys") {
  CHECK(decode(R"({"suffix": "</w>"})", {"a</w>", "b"}) == "a b");
  CHECK(decode(R"({"prefix": "##", "cleanup": true})", {"a", "##b", "."}) == "ab.");
  CHECK(decode(R"({"pattern": {"String": "a"}, "content": "b"})", {"a"}) == "b");
  CHECK(decode(R"({"type": null, "content": "a", "start": 1, "stop": 0})", {"aab"}) == "ab");
  CHECK_THROWS_WITH(decode(R"({"decoders": []})", {}), Catch::Contains("'type' is missing"));
}

TEST_CASE("stripping never takes more than there is") {
  CHECK(decode(R"({"type": "Strip", "content": " ", "start": 1, "stop": 0})", {"  a ", "b"}) ==
        " a b");
  CHECK(decode(R"({"type": "Strip", "content": " ", "start": 1, "stop": 1})", {" ", "", "  "}) ==
        "");
}

TEST_CASE("CTC counts repeats once") {
  CHECK(
      decode(
          R"({"type": "CTC", "pad_token": "<pad>", "word_delimiter_token": "|", "cleanup": true})",
          {"h", "h", "<pad>", "h", "|", "i", "|"}) == "hh i ");
}

TEST_CASE("Replace, Fuse and Sequence work in order") {
  CHECK(
      decode(
          R"({"type": "Sequence", "decoders": [{"type": "Replace", "pattern": {"String": "_"}, "content": " "},
      {"type": "Fuse"}, {"type": "Strip", "content": " ", "start": 1, "stop": 0}]})",
          {"_a", "_b"}) == "a b");
  CHECK(decode(R"({"type": "Replace", "pattern": {"String": ""}, "content": "x"})", {"abc", ""}) ==
        "xaxbxcx");
}

TEST_CASE("what is wrong with a decoder is named with its path") {
  using Catch::Contains;
  CHECK_THROWS_WITH(decode(R"({"type": "Huffman"})", {}),
                    Contains("'/type'") && Contains("'Huffman'"));
  CHECK_THROWS_WITH(
      decode(R"({"type": "Sequence", "decoders": [{"type": "Fuse"}, {"type": "x"}]})", {}),
      Contains("/decoders/1/type"));
  CHECK_THROWS_WITH(decode(R"({"type": "Strip", "content": "ab", "start": 1, "stop": 0})", {}),
                    Contains("'/content'"));
  CHECK_THROWS_WITH(decode(R"({"type": "ByteLevel"})", {}), Contains("'add_prefix_space'"));
  CHECK_THROWS_WITH(
      decode(R"({"type": "Metaspace", "replacement": "_", "add_prefix_space": false})", {}),
      Contains("'/add_prefix_space'"));
}

}  // namespace finetune::text
