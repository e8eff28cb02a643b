#include "text/decode_stream.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "text/byte_alphabet.h"
#include "text/tokenizer_json.h"
#include "text/utf8.h"

namespace finetune::text {
namespace {

/// Byte-level: the id of a token is its byte; 256 is special, 257 is "\u0120x".
std::unique_ptr<Tokenizer> make_tokenizer_of_bytes() {
  nlohmann::json root =
      nlohmann::json::parse(R"({"version": "1.0", "added_tokens": [{"id": 256, "content": "<s>",
      "single_word": false, "lstrip": false, "rstrip": false, "normalized": false, "special": true}],
      "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true},
      "decoder": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true},
      "model": {"type": "BPE", "vocab": {"<s>": 256, "\u0120x": 257}, "merges": []}})");
  for (size_t byte = 0; byte < 256; ++byte) {
    std::string letter;
    append_char(letter, byte_alphabet()[byte]);
    root["model"]["vocab"][letter] = byte;
  }
  return make_tokenizer(JsonNode(root));
}

std::vector<std::string> steps(DecodeStream& stream, const std::vector<int32_t>& ids) {
  std::vector<std::string> chunks;
  for (const int32_t id : ids) chunks.push_back(stream.step(id));
  return chunks;
}

}  // namespace

// Expected: tokenizers.decoders.DecodeStream, whose None is "" here.
TEST_CASE("text is given out as soon as it is whole") {
  const auto tokenizer = make_tokenizer_of_bytes();
  DecodeStream stream(*tokenizer, true);
  CHECK(steps(stream, {'H', 0xC3, 0xA9, 256, 257, 0xF0, 0x9F, 0x98, 0x80, '!'}) ==
        std::vector<std::string>{"H", "", "\u00E9", "", " x", "", "", "", "\U0001F600", "!"});
  CHECK(stream.finish() == "");
}

TEST_CASE("special tokens are given out unless they are left out") {
  const auto tokenizer = make_tokenizer_of_bytes();
  DecodeStream stream(*tokenizer, false);
  CHECK(steps(stream, {256, 'a', 256, 'b'}) == std::vector<std::string>{"<s>", "a", "<s>", "b"});
}

TEST_CASE("what stays incomplete comes at the end, and the stream starts anew") {
  const auto tokenizer = make_tokenizer_of_bytes();
  DecodeStream stream(*tokenizer, true);
  CHECK(steps(stream, {'a', 0xC3}) == std::vector<std::string>{"a", ""});
  CHECK(stream.finish() == "\uFFFD");
  CHECK(steps(stream, {'b'}) == std::vector<std::string>{"b"});
}

TEST_CASE("long runs that form no text take linear time and are not lost") {
  const auto tokenizer = make_tokenizer_of_bytes();
  DecodeStream stream(*tokenizer, true);
  std::string out;
  for (int i = 0; i < 20'000; ++i) out += stream.step(0xC3);
  for (int i = 0; i < 20'000; ++i) out += stream.step(256);
  CHECK(out.empty());
  for (int i = 0; i < 40'000; ++i) out += stream.step('a');
  out += stream.finish();
  CHECK(out.size() == 20'000 * 3 + 40'000);
}

}  // namespace finetune::text
