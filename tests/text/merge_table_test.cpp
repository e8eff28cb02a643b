#include "text/merge_table.h"

#include <catch2/catch.hpp>

namespace finetune::text {

TEST_CASE("every pair that was set is found, and no other") {
  MergeTable table(5000);
  for (int32_t i = 0; i < 5000; ++i) table.set(i, 2 * i, {static_cast<uint32_t>(i), 7 * i});
  CHECK(table.size() == 5000);
  for (int32_t i = 0; i < 5000; ++i) {
    REQUIRE(table.find(i, 2 * i).id == 7 * i);
    REQUIRE(table.find(i, 2 * i).rank == static_cast<uint32_t>(i));
    REQUIRE(table.find(2 * i + 1, i).id == -1);
  }
}

TEST_CASE("of equal pairs the last counts") {
  MergeTable table(2);
  table.set(1, 2, {0, 3});
  table.set(1, 2, {1, 4});
  CHECK(table.size() == 1);
  CHECK(table.find(1, 2).id == 4);
  CHECK(MergeTable().find(0, 0).id == -1);
}

}  // namespace finetune::text
