#include "text/vocab_folder.h"

#include <catch2/catch.hpp>

#include "base/error.h"
#include "folder_fixtures.h"
#include "text/vocabulary.h"

namespace finetune::text {
namespace {

/// The report of the error that reading this vocab.txt gives.
std::string error_of(const std::string& vocabulary) {
  const test::TemporaryFolder folder;
  test::write_file(folder.path() / "vocab.txt", vocabulary);
  try {
    read_vocab_folder(folder.path() / "vocab.txt");
  } catch (const CheckpointError& error) {
    return error.report();
  }
  return "no error";
}

}  // namespace

TEST_CASE("folders with a vocab.txt encode and decode as transformers does") {
  int count = 0;
  for (const std::string& name : fixture_folders()) {
    if (!std::filesystem::exists(fixture_folder(name) / "vocab.txt")) continue;
    check_cases(*make_bert_tokenizer(read_vocab_folder(fixture_folder(name) / "vocab.txt")), name);
    ++count;
  }
  CHECK(count >= 19);
}

TEST_CASE("a vocab.txt that is no list of tokens is refused with its line") {
  CHECK_THAT(error_of("[UNK]\nb\xFF\n"), Catch::Contains("line 2 is not UTF-8"));
  CHECK_THAT(error_of("\xEF\xBB\xBF[PAD]\n[UNK]\n"), Catch::Contains("byte-order mark"));
  CHECK_THAT(error_of(""), Catch::Contains("empty"));
  CHECK_THAT(error_of(std::string(Vocabulary::kMaxIds + 1, '\n')),
             Catch::Contains("more than 10000000 lines"));
}

TEST_CASE("special tokens that a tokenizer cannot do without are missed by name") {
  const test::TemporaryFolder folder;
  test::write_file(folder.path() / "vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\n");
  const auto load_with = [&](const std::string& config) {
    test::write_file(folder.path() / "tokenizer_config.json", config);
    return load_tokenizer(folder.path());
  };
  for (const char* key : {"unk_token", "cls_token", "sep_token"}) {
    for (const char* value : {"null", "\"\""}) {
      const std::string config = "{\"" + std::string(key) + "\": " + value + "}";
      INFO(config);
      CHECK_THROWS_WITH(load_with(config), Catch::Contains(key));
    }
  }
  CHECK(load_with(R"({"pad_token": null})")->pad_id() == std::nullopt);
  CHECK(load_with(R"({"mask_token": null})")->pad_id() == 0);
}

TEST_CASE("of equal lines the last counts, and the earlier id stays unused") {
  const test::TemporaryFolder folder;
  test::write_file(folder.path() / "vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\nb\na\n");
  const auto tokenizer = load_tokenizer(folder.path());
  CHECK(tokenizer->id_of("a") == 7);
  CHECK(tokenizer->token(5).empty());
  CHECK(tokenizer->vocab_size() == 8);
}

TEST_CASE("a vocabulary with holes cannot take further tokens") {
  const test::TemporaryFolder folder;
  test::write_file(folder.path() / "vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\na\nb\na\n");
  CHECK_THROWS_WITH(load_tokenizer(folder.path()),
                    Catch::Contains("[MASK]") || Catch::Contains("reading"));
}

}  // namespace finetune::text
