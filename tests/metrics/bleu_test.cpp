#include "metrics/bleu.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "metrics/text_cases.h"

using namespace finetune::metrics;
using Lines = std::vector<std::string>;

TEST_CASE("BLEU equals sacreBLEU's with every tokenizer, smoothing and option") {
  finetune::test::check_scores(finetune::test::text_fixture(), "bleu");
}

TEST_CASE("statistics are the lengths, the clipped counts and the totals") {
  const Bleu bleu;
  CHECK(bleu.statistics("the the the cat", Lines{"the cat sat", "the the"}) ==
        Statistics{4, 3, 3, 2, 0, 0, 4, 3, 2, 1});
  CHECK(bleu.statistics("", Lines{""}) == Statistics(10, 0.0));
}

TEST_CASE("of references equally near the shorter one gives the length") {
  const Bleu bleu;
  CHECK(bleu.statistics("a b c", Lines{"a b c d", "a b"})[1] == 2);
  CHECK(bleu.statistics("a b c", Lines{"a b", "a b c d"})[1] == 2);
}

TEST_CASE("what cannot be a setting of BLEU is refused") {
  BleuOptions options;
  options.max_order = 0;
  CHECK_THROWS_AS(Bleu(options), finetune::ConfigError);
  options = {};
  options.smooth_value = -1.0;
  CHECK_THROWS_AS(Bleu(options), finetune::ConfigError);
  CHECK_THROWS_AS(bleu_smoothing("addk"), finetune::ConfigError);
}

TEST_CASE("no bytes of a text are fatal") {
  const Bleu bleu;
  CHECK(bleu.statistics("\xff\xfe a", Lines{"\xff\xfe a"})[2] == 2);
}
