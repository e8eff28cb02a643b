#include "metrics/text_metrics.h"

#include <catch2/catch.hpp>

#include "base/error.h"

using namespace finetune::metrics;

TEST_CASE("every name makes the metric of that name, and its direction is known") {
  for (const std::string& name : text_metric_names()) {
    INFO(name);
    CHECK(make_text_metric(name)->name() == name);
    CHECK(is_greater_better(name) == (name != "ter"));
  }
}

TEST_CASE("every metric keeps the promise about the number of its statistics") {
  const std::vector<std::string> references = {"a cat sat", "the cat"};
  for (const std::string& name : text_metric_names()) {
    INFO(name);
    const auto metric = make_text_metric(name);
    CHECK(metric->statistics("the cat sat", references).size() == metric->num_statistics());
  }
}

TEST_CASE("options reach their metrics") {
  TextMetricOptions options;
  options.bleu.lowercase = true;
  options.chrf.char_order = 3;
  options.ter.no_punct = true;
  options.rouge_stemmer = true;
  options.exact_match.ignore_case = true;
  CHECK(make_text_metric("bleu", options)->settings().starts_with("case:lc|"));
  CHECK(make_text_metric("chrf++", options)->settings().find("|nc:3|nw:2|") != std::string::npos);
  CHECK(make_text_metric("ter", options)->settings().find("|punct:no|") != std::string::npos);
  CHECK(make_text_metric("rougeL", options)->settings().starts_with("stem:yes|"));
  CHECK(make_text_metric("exact_match", options)->settings().starts_with("case:lc|"));
}

TEST_CASE("an unknown name is refused with the nearest known one") {
  CHECK_THROWS_WITH(make_text_metric("bleau"), Catch::Contains("did you mean bleu?"));
  CHECK_THROWS_AS(make_text_metric("rouge3"), finetune::ConfigError);
}
