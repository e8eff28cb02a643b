#include "text/tokenizer.h"

#include <catch2/catch.hpp>
#include <set>

#include "base/error.h"
#include "folder_fixtures.h"

namespace finetune::text {

TEST_CASE("whole folders encode and decode as transformers does") {
  for (const std::string& name : fixture_folders()) {
    check_cases(*load_tokenizer(fixture_folder(name)), name);
  }
}

TEST_CASE("a folder without a tokenizer says what was looked for") {
  const test::TemporaryFolder folder;
  CHECK_THROWS_WITH(load_tokenizer(folder.path()),
                    Catch::Contains("tokenizer.json, vocab.txt and the files"));
  CHECK_THROWS_AS(load_tokenizer(folder.path() / "nothing.json"), CheckpointError);
}

namespace {

/// The report of the error of a folder with a vocab.txt and these files; "" where it loads.
std::string error_with(const std::string& tokenizer_config, const std::string& model_config) {
  const test::TemporaryFolder folder;
  test::write_file(folder.path() / "vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\n");
  if (!tokenizer_config.empty()) {
    test::write_file(folder.path() / "tokenizer_config.json", tokenizer_config);
  }
  if (!model_config.empty()) test::write_file(folder.path() / "config.json", model_config);
  try {
    load_tokenizer(folder.path());
  } catch (const CheckpointError& error) {
    return error.report();
  }
  return "";
}

}  // namespace

TEST_CASE("a vocab.txt is not BERT's where another class says how it is read") {
  for (const std::string name :
       {"MPNetTokenizer", "FunnelTokenizer", "EsmTokenizer", "BertJapaneseTokenizer",
        "SplinterTokenizer", "RealmTokenizer", "FooTokenizer", "RobertaTokenizerFast"}) {
    INFO(name);
    CHECK_THAT(error_with(R"({"tokenizer_class": ")" + name + "\"}", ""),
               Catch::Contains("its class is '" + name.substr(0, name.find("Fast")) + "'"));
  }
  for (const std::string type : {"mpnet", "funnel", "esm", "splinter", "tapas"}) {
    INFO(type);
    CHECK_THAT(error_with("", R"({"model_type": ")" + type + "\"}"),
               Catch::Contains("a model of type '" + type + "' is read from a tokenizer.json"));
  }
  CHECK_THAT(error_with("", R"({"model_type": "roberta"})"), Catch::Contains("not all there"));
  CHECK(error_with(R"({"tokenizer_class": "DPRReaderTokenizerFast"})", "").empty());
  for (const std::string type : {"bert", "squeezebert", "dpr", "blip", "vilt"}) {
    INFO(type);
    CHECK(error_with("", R"({"model_type": ")" + type + "\"}").empty());
  }
  CHECK(error_with("{}", R"({"hidden_size": 5})").empty());
}

TEST_CASE("a class that wants its slow files says so where they are missing") {
  const test::TemporaryFolder folder;
  std::filesystem::copy(fixture_folder("json-cased") / "tokenizer.json", folder.path());
  const auto load_with = [&](const std::string& value) {
    test::write_file(folder.path() / "tokenizer_config.json",
                     R"({"tokenizer_class": "T5Tokenizer", "add_prefix_space": )" + value + "}");
    return load_tokenizer(folder.path());
  };
  CHECK_THROWS_WITH(load_with("false"), Catch::Contains("not the files that make one"));
  CHECK(load_with("null") != nullptr);
}

TEST_CASE("what changes encodings changes the fingerprint") {
  std::set<uint64_t> fingerprints;
  for (const char* name : {"plain", "left", "split", "json-left", "json-right", "json-defaults"}) {
    fingerprints.insert(load_tokenizer(fixture_folder(name))->fingerprint());
  }
  CHECK(fingerprints.size() == 4);  // "json-defaults" is "plain" and "json-left" is "left"
}

TEST_CASE("the files of a tokenizer are listed for an export") {
  CHECK(tokenizer_files(fixture_folder("decoder")) ==
        std::vector<std::string>{"tokenizer_config.json", "special_tokens_map.json", "vocab.txt"});
  CHECK(tokenizer_files(fixture_folder("json-cased")) ==
        std::vector<std::string>{"tokenizer.json", "tokenizer_config.json"});
}

}  // namespace finetune::text
