#include "text/byte_tokens.h"

#include <catch2/catch.hpp>

namespace finetune::text {

TEST_CASE("byte tokens are written with two capital digits") {
  const Vocabulary vocabulary({{"<0x0A>", 5}, {"<0xff>", 6}, {"<0xFE>", 7}});
  const std::vector<int32_t> ids = byte_token_ids(vocabulary);
  REQUIRE(ids.size() == 256);
  CHECK(ids[10] == 5);
  CHECK(ids[254] == 7);
  CHECK(ids[255] == -1);
}

}  // namespace finetune::text
