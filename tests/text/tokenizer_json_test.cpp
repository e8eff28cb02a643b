#include "text/tokenizer_json.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/json.h"
#include "folder_fixtures.h"
#include "text/length_settings.h"

namespace finetune::text {
namespace {

using nlohmann::json;

json good() { return base::read_json_file(fixture_folder("json-cased") / "tokenizer.json"); }

/// The report of the error that loading `text` as tokenizer.json gives.
std::string error_of(const std::string& text) {
  const test::TemporaryFolder folder;
  test::write_file(folder.path() / "tokenizer.json", text);
  try {
    load_tokenizer(folder.path() / "tokenizer.json");
  } catch (const CheckpointError& error) {
    return error.report();
  }
  return "no error";
}

struct Damage {
  const char* pointer;
  json value;
  const char* expected;  ///< part of the message
};

}  // namespace

TEST_CASE("a tokenizer.json encodes as the vocab.txt that it was made from") {
  const test::TemporaryFolder folder;
  const std::filesystem::path file = folder.path() / "tokenizer.json";
  test::write_file(file, good().dump());
  check_cases(*load_tokenizer(file), "plain");
}

TEST_CASE("truncation and padding of the file are told, not obeyed") {
  json value = good();
  value["truncation"] = {{"max_length", 3}, {"strategy", "LongestFirst"}, {"stride", 0}};
  value["padding"] = {{"strategy", {{"Fixed", 128}}},
                      {"direction", "Right"},
                      {"pad_id", 0},
                      {"pad_type_id", 0},
                      {"pad_token", "hello"}};
  const test::TemporaryFolder folder;
  test::write_file(folder.path() / "tokenizer.json", value.dump());
  const auto tokenizer = load_tokenizer(folder.path() / "tokenizer.json");
  check_cases(*tokenizer, "plain");
  CHECK(tokenizer->pad_id() == 5);
  CHECK(tokenizer->length_settings().truncation->max_length == 3);
  CHECK(tokenizer->length_settings().padding->fixed_length == 128);
}

TEST_CASE("anything unknown, missing or of a wrong type is named by its JSON path") {
  const std::vector<Damage> table = {
      {"/version", "2.0", "'/version'"},
      {"/normalizer/type", "Unheard", "'/normalizer/type': 'Unheard' is not supported"},
      {"/normalizer/lowercase", 1, "'/normalizer/lowercase'"},
      {"/normalizer", json::array(), "'/normalizer'"},
      {"/normalizer", {{"type", "BertNormalizer"}}, "the key 'clean_text' is missing"},
      {"/pre_tokenizer/type", "Unheard", "'/pre_tokenizer/type': 'Unheard'"},
      {"/pre_tokenizer", 5, "'/pre_tokenizer'"},
      {"/post_processor/type", "Unheard", "'/post_processor/type'"},
      {"/post_processor/single/0/SpecialToken/id", "[X]",
       "'/post_processor/single/0/SpecialToken'"},
      {"/post_processor/single/1/Sequence/id", "B", "'/post_processor/single/1/Sequence/id'"},
      {"/post_processor/pair/0", {{"Other", 1}}, "'/post_processor/pair/0'"},
      {"/post_processor/special_tokens/[CLS]/ids",
       {-1},
       "'/post_processor/special_tokens/[CLS]/ids/0'"},
      {"/decoder/type", "Unheard", "'/decoder/type'"},
      {"/decoder/cleanup", "yes", "'/decoder/cleanup'"},
      {"/model/type", "Unheard", "'/model/type': 'Unheard' is not supported"},
      {"/model/max_input_chars_per_word", -3, "'/model/max_input_chars_per_word'"},
      {"/model/unk_token", "[X]", "no unknown token '[X]'"},
      {"/model/vocab", json::object(), "'/model/vocab': the vocabulary is empty"},
      {"/model/vocab", {"a", "b"}, "'/model/vocab/0'"},
      {"/model/vocab/hello", -1, "'/model/vocab/hello'"},
      {"/model/vocab/hello", 1.5, "'/model/vocab/hello'"},
      {"/model/vocab/hello", 4000000000u, "'/model/vocab/hello'"},
      {"/model/vocab/hello", 6, "the id 6 is given twice"},
      {"/added_tokens/0/content", 3, "'/added_tokens/0/content'"},
      {"/added_tokens/0", {{"id", 0}}, "'/added_tokens/0': the key 'content' is missing"},
      {"/added_tokens", "none", "'/added_tokens'"},
      {"/foo", 1, "'foo' is unknown"},
      {"/truncation", 5, "'/truncation'"},
      {"/padding", {{"pad_token", "x"}}, "'/padding': the key 'strategy' is missing"}};
  for (const Damage& damage : table) {
    json value = good();
    value[json::json_pointer(damage.pointer)] = damage.value;
    INFO(damage.pointer << " = " << damage.value);
    CHECK_THAT(error_of(value.dump()),
               Catch::Contains(damage.expected) && Catch::Contains("reading"));
  }
}

TEST_CASE("text that is no JSON, or cut off anywhere, is refused") {
  const std::string text = good().dump();
  for (size_t size = 0; size < text.size(); size += 97) {
    CHECK(error_of(text.substr(0, size)) != "no error");
  }
  std::string repeated = text;
  repeated.insert(text.find("\"hello\""), "\"world\":99,");
  CHECK_THAT(error_of(repeated), Catch::Contains("'world' twice"));
  CHECK(error_of(std::string(100000, '[')) != "no error");
}

TEST_CASE("ids may have holes; an added token takes the next free id whatever it says") {
  const json added = {{"id", 777777},       {"content", "[X]"}, {"single_word", false},
                      {"lstrip", false},    {"rstrip", false},  {"special", true},
                      {"normalized", false}};
  json value = {{"added_tokens", json::array({added})},
                {"normalizer", nullptr},
                {"pre_tokenizer", {{"type", "Whitespace"}}},
                {"post_processor", nullptr},
                {"decoder", nullptr},
                {"model",
                 {{"type", "WordPiece"},
                  {"unk_token", "[UNK]"},
                  {"continuing_subword_prefix", "##"},
                  {"max_input_chars_per_word", 100},
                  {"vocab", {{"[UNK]", 0}, {"a", 1}, {"b", 5}, {"##c", 999998}}}}}};
  const test::TemporaryFolder folder;
  const std::filesystem::path file = folder.path() / "tokenizer.json";
  test::write_file(file, value.dump());
  Encoding encoding;
  load_tokenizer(file)->encode("a b ac zz [X]", {}, encoding);
  CHECK(encoding.ids == std::vector<int32_t>{1, 5, 1, 999998, 0, 4});  // of tokenizers 0.22.2
}

TEST_CASE("BertProcessing is the template it stands for") {
  json value = good();
  value["post_processor"] = {
      {"type", "BertProcessing"}, {"sep", {"[SEP]", 3}}, {"cls", {"[CLS]", 2}}};
  const test::TemporaryFolder folder;
  test::write_file(folder.path() / "tokenizer.json", value.dump());
  check_cases(*load_tokenizer(folder.path() / "tokenizer.json"), "plain");
}

}  // namespace finetune::text
