#include "metrics/exact_match.h"

#include <catch2/catch.hpp>

using namespace finetune::metrics;
using Lines = std::vector<std::string>;

namespace {

double score(const std::string& hypothesis, const Lines& references,
             ExactMatchOptions options = {}) {
  const ExactMatch metric(options);
  return metric.score(metric.statistics(hypothesis, references));
}

}  // namespace

TEST_CASE("a text is right where it equals a reference") {
  CHECK(score("the cat", {"the cat"}) == 1.0);
  CHECK(score("the cat", {"a cat", "the cat"}) == 1.0);
  CHECK(score("the cat ", {"the cat"}) == 0.0);
  CHECK(score("", {""}) == 1.0);
}

TEST_CASE("case, punctuation and numbers are ignored where asked") {
  CHECK(score("YELLING", {"yelling"}) == 0.0);
  CHECK(score("YELLING", {"yelling"}, {true, false, false}) == 1.0);
  CHECK(score("cat?", {"cat"}) == 0.0);
  CHECK(score("cat?", {"cat"}, {false, true, false}) == 1.0);
  CHECK(score("agent007", {"agent"}) == 0.0);
  CHECK(score("agent007", {"agent"}, {false, false, true}) == 1.0);
}

TEST_CASE("the corpus' value is the share of right texts") {
  const ExactMatch metric;
  CorpusScore corpus(metric);
  corpus.add("a", Lines{"a"});
  corpus.add("b", Lines{"c"});
  CHECK(corpus.value() == 0.5);
  CHECK(signature(corpus) == "nrefs:1|case:mixed|punct:yes|numbers:yes");
  CHECK(metric.resampled_score(std::vector<float>{1.0F, 2.0F}).value == 0.5);
}
