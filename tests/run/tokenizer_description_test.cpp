#include "run/tokenizer_description.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "run/tiny_run.h"

using namespace finetune;
using nlohmann::json;
using test::TinyRun;

namespace {

constexpr const char* kTokenizer = R"({
  "version": "1.0",
  "added_tokens": [
    {"id": 0, "content": "<unk>", "single_word": false, "lstrip": false, "rstrip": false, "normalized": false, "special": true},
    {"id": 3, "content": "<x>", "single_word": false, "lstrip": false, "rstrip": false, "normalized": false, "special": true}],
  "normalizer": {"type": "Sequence", "normalizers": [{"type": "NFD"}, {"type": "Lowercase"}]},
  "pre_tokenizer": {"type": "WhitespaceSplit"},
  "model": {"type": "WordLevel", "unk_token": "<unk>", "vocab": {"<unk>": 0, "hello": 1, "world": 2}}})";

}  // namespace

TEST_CASE("a tokenizer.json shows its parts, special tokens with ids, vocabulary and examples") {
  const TinyRun tiny;
  tiny.write("words/tokenizer.json", kTokenizer);
  tiny.write("words/tokenizer_config.json", R"({"unk_token": "<unk>"})");
  const json tokenizer = run::describe_tokenizer(tiny / "words");
  CHECK(tokenizer.at("parts") ==
        json::parse(R"({"normalizer": "NFD, Lowercase", "pre_tokenizer": "WhitespaceSplit",
                        "model": "WordLevel", "post_processor": "none", "decoder": "none"})"));
  CHECK(tokenizer.at("special_tokens") ==
        json::parse(R"([{"id": 0, "token": "<unk>", "roles": ["unk_token"]},
                        {"id": 3, "token": "<x>", "roles": []}])"));
  CHECK(tokenizer.at("vocab_size") == 4);
  CHECK(tokenizer.at("vocabulary").at("first") ==
        json::parse(R"(["<unk>", "hello", "world", "<x>"])"));
  CHECK(tokenizer.at("examples")[0].at("ids").size() == 2);
  CHECK(run::describe_tokenizer(tiny / "words/tokenizer.json").at("special_tokens").size() == 2);
}

TEST_CASE("an example that has no encoding says why, and the rest is told") {
  const TinyRun tiny;
  tiny.write("u.json", R"({"model": {"type": "Unigram", "unk_id": null, "vocab": [["H", -1.0]]}})");
  const json tokenizer = run::describe_tokenizer(tiny / "u.json");
  CHECK(tokenizer.at("vocab_size") == 1);
  const json& example = tokenizer.at("examples")[0];
  CHECK(example.at("text") == "Hello, world!");
  CHECK(example.at("error").get<std::string>().find("unk_id") != std::string::npos);
  CHECK_FALSE(example.contains("ids"));
}

TEST_CASE("files of a slow tokenizer show what they are converted to") {
  const TinyRun tiny;
  tiny.write("bert/vocab.txt", test::tiny_vocabulary());
  tiny.write("bert/tokenizer_config.json", R"({"tokenizer_class": "BertTokenizer"})");
  const json tokenizer = run::describe_tokenizer(tiny / "bert");
  CHECK(tokenizer.at("special_tokens").size() == 5);
  CHECK(tokenizer.at("pad").at("token") == "[PAD]");
}

TEST_CASE("a folder has a tokenizer when it holds more than a tokenizer's settings") {
  const TinyRun tiny;
  tiny.write("a/tokenizer_config.json", "{}");
  CHECK_FALSE(run::has_tokenizer(tiny / "a"));
  tiny.write("a/vocab.txt", "x");
  CHECK(run::has_tokenizer(tiny / "a"));
  CHECK_THROWS_AS(run::describe_tokenizer(tiny / "none"), Error);
}
