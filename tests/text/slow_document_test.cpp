#include "text/slow_document.h"

#include <catch2/catch.hpp>

#include "base/error.h"
#include "support/test_support.h"

namespace finetune::text {

TEST_CASE("a slow tokenizer takes ids from its files, its vocabulary, and then counts on") {
  const test::TemporaryFolder folder;
  test::write_file(folder.path() / "tokenizer_config.json",
                   R"({"bos_token": "<b>", "eos_token": "</s>", "cls_token": "<c>",
                       "added_tokens_decoder": {"40": {"content": "<listed>"}}})");
  const TokenizerConfig config = TokenizerConfig::read(folder.path());
  const JsonVocabulary tables{{{"a", 0}, {"</s>", 1}}};
  const auto ids = slow_ids({"<listed>", "</s>", "<b>", "<c>"}, tables, config);
  CHECK(ids[0].second == 40);
  CHECK(ids[1].second == 1);
  CHECK(ids[2].second == 3);
  CHECK(ids[3].second == 4);
  CHECK_THROWS_AS(slow_ids({"<absent>"}, tables, config), CheckpointError);
}

}  // namespace finetune::text
