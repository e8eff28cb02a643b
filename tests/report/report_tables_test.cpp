#include "report/report_tables.h"

#include <catch2/catch.hpp>

using namespace finetune::report;

namespace {

SplitResult example() {
  finetune::metrics::SingleLabelMetrics metrics(2);
  for (int i = 0; i < 3; ++i) metrics.add(0, 0);
  metrics.add(0, 1);
  SplitResult split;
  split.split = "test";
  split.num_examples = 4;
  split.values = metrics.values();
  split.intervals["accuracy"] = {0.25, 1.0};
  split.labels = {"negative", "<positive>"};
  split.per_class = metrics.per_class();
  split.confusion = metrics.confusion();
  return split;
}

bool has(const std::string& html, const std::string& part) {
  return html.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a split shows metrics with intervals, scores by class and the confusion matrix") {
  const std::string html = split_section(example());
  CHECK(has(html, "Results on test"));
  CHECK(has(html, "<td>accuracy</td><td>0.75</td><td>0.25 to 1</td>"));
  CHECK(has(html, "<td>matthews_correlation</td><td>–</td><td></td>"));  // undefined
  CHECK(has(html, "<td>negative</td><td>1</td><td>0.75</td><td>0.8571</td><td>4</td>"));
  CHECK(has(html, "<td>&lt;positive&gt;</td><td>0</td><td>–</td><td>0</td><td>0</td>"));
  CHECK(has(html, "style=\"--share:0.750\">3 <span class=\"soft\">75.0 %</span>"));
  CHECK_FALSE(has(html, "Calibration"));
}

TEST_CASE("a split of written texts shows signatures and scores by length") {
  SplitResult split;
  split.split = "test";
  split.values = {{"bleu", 34.5}};
  split.notes["bleu"] = {"nrefs:1|tok:13a", "60.0/40.0"};
  split.by_length = {{1, 10, 3, {{"bleu", 40.25}}}, {101, std::nullopt, 2, {{"bleu", 20.0}}}};
  const std::string html = split_section(split);
  CHECK(has(html, "bleu: nrefs:1|tok:13a"));
  CHECK(has(html, "<td>1-10</td><td>3</td><td>40.25</td>"));
  CHECK(has(html, "<td>101+</td><td>2</td><td>20</td>"));
}

TEST_CASE("calibration lists the bins that hold examples") {
  SplitResult split = example();
  finetune::metrics::CalibrationError error(4);
  error.add(0.9, true);
  error.add(0.8, false);
  split.calibration = error.bins();
  const std::string html = split_section(split);
  CHECK(has(html, "<td>0.85</td><td>0.5</td><td>2</td>"));
}

TEST_CASE("a regression has no classes, and a matrix of the wrong size is not drawn") {
  SplitResult split = example();
  split.labels.clear();
  split.per_class.clear();
  CHECK_FALSE(has(split_section(split), "Confusion"));
  split = example();
  split.confusion.pop_back();
  CHECK_FALSE(has(split_section(split), "Confusion"));
}

TEST_CASE("tables without rows are no sections") {
  CHECK(data_section({}).empty());
  CHECK(wrong_answers_section({}).empty());
  CHECK(settings_section({}).empty());
}

TEST_CASE("changed settings come first and in bold") {
  const std::string html =
      settings_section({{"seed", "42", true}, {"training.batch_size", "16", false}});
  CHECK(html.find("batch_size") < html.find("seed"));
  CHECK(has(html, "<tr class=\"changed\"><td>training.batch_size</td>"));
}

TEST_CASE("wrong answers show their text as text") {
  const std::string html =
      wrong_answers_section({{"a <img src=x onerror=alert(1)>\n=1+1", "neg", "pos", 0.99, 17}});
  CHECK(has(html, "<td>17</td><td class=\"text\">a &lt;img src=x onerror=alert(1)&gt;␊=1+1</td>"));
  CHECK(has(data_section({{"split", "examples"}, {{"<train>", "7"}}}), "&lt;train&gt;"));
}
