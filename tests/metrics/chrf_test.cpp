#include "metrics/chrf.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "metrics/text_cases.h"

using namespace finetune::metrics;
using Lines = std::vector<std::string>;

TEST_CASE("chrF, chrF+ and chrF++ equal sacreBLEU's with every option") {
  finetune::test::check_scores(finetune::test::text_fixture(), "chrf");
}

TEST_CASE("each sentence takes the reference that it meets best") {
  const Chrf chrf;
  const auto one = chrf.statistics("a cat", Lines{"a cat"});
  CHECK(chrf.statistics("a cat", Lines{"dogs", "a cat", "a hat"}) == one);
  CHECK(chrf.score(one) == 100.0);
}

TEST_CASE("a hypothesis' n-grams do not count where the reference has none") {
  ChrfOptions options;
  options.char_order = 2;
  CHECK(Chrf(options).statistics("abc", Lines{"a"}) == Statistics{3, 1, 1, 0, 0, 0});
  CHECK(Chrf(options).score(Statistics(6, 0.0)) == 0.0);
}

TEST_CASE("names tell the word order, and impossible options are refused") {
  ChrfOptions options;
  options.word_order = 2;
  CHECK(Chrf(options).name() == "chrf++");
  CHECK(Chrf(options).label() == "chrF2++");
  options.char_order = 0;
  CHECK_THROWS_AS(Chrf(options), finetune::ConfigError);
  options = {};
  options.beta = 0;
  CHECK_THROWS_AS(Chrf(options), finetune::ConfigError);
}
