#include "metrics/rouge.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "metrics/text_cases.h"

using namespace finetune::metrics;
using Lines = std::vector<std::string>;

TEST_CASE("ROUGE-1, -2, -L and -Lsum equal rouge-score's, with and without stemming") {
  finetune::test::check_scores(finetune::test::text_fixture(), "rouge");
}

TEST_CASE("lines of a summary are compared with the union of their common words") {
  const Rouge rouge({RougeKind::kLsum, false});
  const auto statistics = rouge.statistics("b c\na", Lines{"a b c"});
  CHECK(statistics[0] == 1.0);  // the two lines together hold all words
  CHECK(Rouge({RougeKind::kL, false}).statistics("b c\na", Lines{"a b c"})[0] == Approx(2.0 / 3.0));
}

TEST_CASE("texts without a word score zero") {
  for (const RougeKind kind : {RougeKind::k1, RougeKind::k2, RougeKind::kL, RougeKind::kLsum}) {
    const Rouge rouge({kind, true});
    CHECK(rouge.statistics("", Lines{""}) == Statistics{0, 0, 0, 1});
    CHECK(rouge.statistics("中文", Lines{"a b"}) == Statistics{0, 0, 0, 1});
  }
}

TEST_CASE("signatures tell whether words were stemmed") {
  CHECK(Rouge({RougeKind::k1, true}).settings() == "stem:yes|version:rouge-score-0.1.2");
}
