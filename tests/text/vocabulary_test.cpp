#include "text/vocabulary.h"

#include <catch2/catch.hpp>

#include "base/error.h"

namespace finetune::text {

TEST_CASE("a vocabulary answers both ways and knows its holes") {
  const Vocabulary vocabulary({{"b", 5}, {"a", 0}, {"", 2}});
  CHECK(vocabulary.id_of("b") == 5);
  CHECK(vocabulary.id_of("") == 2);
  CHECK_FALSE(vocabulary.id_of("c").has_value());
  CHECK(vocabulary.token(5) == "b");
  CHECK(vocabulary.token(1).empty());
  CHECK_FALSE(vocabulary.has(1));
  CHECK(vocabulary.has(2));
  CHECK_FALSE(vocabulary.has(-1));
  CHECK_FALSE(vocabulary.has(6));
  CHECK(vocabulary.id_limit() == 6);
  CHECK(vocabulary.num_tokens() == 3);
}

TEST_CASE("a string that occurs twice is refused by name") {
  CHECK_THROWS_WITH(Vocabulary({{"a", 0}, {"b", 1}, {"a", 2}}), Catch::Contains("'a' twice"));
}

}  // namespace finetune::text
