#include "text/tokenizer.h"

#include <catch2/catch.hpp>

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

TEST_CASE("the files of a tokenizer are listed for an export") {
  CHECK(tokenizer_files(fixture_folder("decoder")) ==
        std::vector<std::string>{"tokenizer_config.json", "special_tokens_map.json", "vocab.txt"});
  CHECK(tokenizer_files(fixture_folder("json-cased")) ==
        std::vector<std::string>{"tokenizer.json", "tokenizer_config.json"});
}

}  // namespace finetune::text
