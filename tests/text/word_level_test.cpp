#include "text/word_level.h"

#include <catch2/catch.hpp>

#include "base/error.h"
#include "piece_text.h"

namespace finetune::text {

TEST_CASE("a piece is a token or unknown") {
  const WordLevel model({{"a", 0}, {"u", 1}}, "u");
  CHECK(tokens_of(model, "a") == "0:0-1");
  CHECK(tokens_of(model, "zz") == "1:0-2");
  CHECK(model.unknown_id() == 1);
  const WordLevel without({{"a", 0}}, "u");
  CHECK_THROWS_AS(tokens_of(without, "zz"), CheckpointError);
}

}  // namespace finetune::text
