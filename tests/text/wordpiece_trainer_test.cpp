#include "text/wordpiece_trainer.h"

#include <catch2/catch.hpp>

#include "base/error.h"

namespace finetune::text {
namespace {

TEST_CASE("Tokens within a word carry the prefix, which their merges drop") {
  WordCounts words;
  words.add("hugs", 5);
  words.add("hug", 10);
  words.add("ug", 3);
  BpeTrainerOptions options;
  options.special_tokens = {"[UNK]"};
  options.continuing_prefix = "##";
  options.vocab_size = 13;
  CHECK(train_wordpiece(words, options) == std::vector<std::string>{"[UNK]", "g", "h", "s", "u",
                                                                    "##g", "##s", "##u", "hu",
                                                                    "hug", "hugs", "ug"});
}

TEST_CASE("Without a prefix there is no WordPiece vocabulary") {
  CHECK_THROWS_AS(train_wordpiece({}, {}), ConfigError);
}

}  // namespace
}  // namespace finetune::text
