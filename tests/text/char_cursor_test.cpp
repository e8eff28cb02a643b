#include "text/char_cursor.h"

#include <catch2/catch.hpp>

namespace finetune::text {

TEST_CASE("characters before a byte are counted forwards and backwards") {
  CharCursor chars("a\u00E9\u4E2Db");
  CHECK(chars.before(0) == 0);
  CHECK(chars.before(3) == 2);
  CHECK(chars.before(3) == 2);
  CHECK(chars.before(7) == 4);
  CHECK(chars.before(1) == 1);
  CHECK(chars.before(6) == 3);
}

}  // namespace finetune::text
