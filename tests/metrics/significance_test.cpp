#include "metrics/significance.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "metrics/bleu.h"
#include "metrics/exact_match.h"
#include "metrics/text_cases.h"

using namespace finetune::metrics;
using Lines = std::vector<std::string>;

TEST_CASE("p-values, means and intervals equal sacreBLEU's: the same random numbers") {
  finetune::test::check_significance(finetune::test::text_fixture());
}

TEST_CASE("equally good systems may differ by chance, a far better one does not") {
  const ExactMatch metric;
  SentenceTable bad(2), other(2), good(2);
  for (int i = 0; i < 200; ++i) {
    bad.add(metric.statistics(i % 5 == 0 ? "right" : "wrong", Lines{"right"}));
    other.add(metric.statistics(i % 5 == 1 ? "right" : "wrong", Lines{"right"}));
    good.add(metric.statistics(i % 5 != 0 ? "right" : "wrong", Lines{"right"}));
  }
  const ResampleOptions options{200};
  CHECK(paired_bootstrap(metric, bad, other, options).p_value > 0.2);
  CHECK(paired_randomization(metric, bad, other, options) > 0.8);
  CHECK(paired_bootstrap(metric, bad, good, options).p_value == Approx(1.0 / 201.0));
  CHECK(paired_randomization(metric, bad, good, options) == Approx(1.0 / 201.0));
}

TEST_CASE("a system has the smallest p-value against itself, as in sacreBLEU") {
  const ExactMatch metric;
  SentenceTable table(2);
  for (int i = 0; i < 20; ++i) table.add(metric.statistics(i < 5 ? "a" : "b", Lines{"a"}));
  CHECK(paired_bootstrap(metric, table, table, {200}).p_value == Approx(1.0 / 201.0));
  CHECK(paired_randomization(metric, table, table, {200}) == Approx(1.0 / 201.0));
}

TEST_CASE("an interval holds the score, and another seed gives another one") {
  const ExactMatch metric;
  SentenceTable table(2);
  for (int i = 0; i < 100; ++i) table.add(metric.statistics(i < 60 ? "a" : "b", Lines{"a"}));
  const BootstrapScore score = bootstrap_score(metric, table, {500, 1});
  CHECK(score.low < 0.6);
  CHECK(score.high > 0.6);
  CHECK(score.mean == Approx(0.6).margin(0.01));
  // 1.96 standard deviations of a share of 0.6 among 100 are 0.096.
  CHECK(score.half_width == Approx(0.096).margin(0.02));
  CHECK(bootstrap_score(metric, table, {500, 2}).mean != score.mean);
}

TEST_CASE("resampling nothing, and pairing corpora of different sizes, is our mistake") {
  const Bleu bleu;
  SentenceTable none(bleu.num_statistics()), one(bleu.num_statistics());
  one.add(bleu.statistics("a", Lines{"a"}));
  CHECK_THROWS_AS(bootstrap_score(bleu, none, {}), finetune::InternalError);
  CHECK_THROWS_AS(bootstrap_score(bleu, one, {0}), finetune::InternalError);
  CHECK_THROWS_AS(paired_bootstrap(bleu, one, none, {}), finetune::InternalError);
  CHECK_THROWS_AS(paired_randomization(bleu, one, none, {}), finetune::InternalError);
}
