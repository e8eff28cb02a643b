#include "metrics/ter.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "metrics/text_cases.h"

using namespace finetune::metrics;
using Lines = std::vector<std::string>;

TEST_CASE("TER equals sacreBLEU's with every option") {
  finetune::test::check_scores(finetune::test::text_fixture(), "ter");
}

TEST_CASE("edits are to the nearest reference, lengths are averaged") {
  const Ter ter;
  CHECK(ter.statistics("a b c", Lines{"a b c d", "x y z w v"}) == Statistics{1.0, 4.5});
}

TEST_CASE("empty references make everything wrong, or nothing where nothing was said") {
  const Ter ter;
  CHECK(ter.score(ter.statistics("a", Lines{""})) == 100.0);
  CHECK(ter.score(ter.statistics("", Lines{""})) == 0.0);
  CHECK(ter.score(ter.statistics("", Lines{"a"})) == 100.0);
}
