#include "text/token_ids.h"

#include <catch2/catch.hpp>

namespace finetune::text {

TEST_CASE("added tokens are numbered after the vocabulary, known ones keep their id") {
  const std::vector<std::pair<std::string, int32_t>> vocabulary = {{"a", 0}, {"b", 5}};
  TokenIds ids(vocabulary);
  CHECK(ids.add("a") == 0);
  CHECK(ids.add("x") == 2);
  CHECK(ids.add("x") == 2);
  CHECK(ids.add("b") == 5);
  CHECK(ids.add("y") == 6);
  CHECK(ids.find("y") == 6);
  CHECK_FALSE(ids.find("z").has_value());
  CHECK(ids.num_tokens() == 4);
}

TEST_CASE("an id that is set counts") {
  const std::vector<std::pair<std::string, int32_t>> vocabulary = {{"a", 0}};
  TokenIds ids(vocabulary);
  ids.set("a", 9);
  CHECK(ids.find("a") == 9);
  CHECK(ids.num_tokens() == 1);
}

}  // namespace finetune::text
