#include "run/predictions.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "run/tiny_run.h"
#include "tasks/scored_rows.h"

using namespace finetune;
using namespace finetune::run;
using nlohmann::json;
using tasks::Problem;

namespace {

std::vector<json> parse_lines(const std::string& text) {
  std::vector<json> lines;
  size_t begin = 0;
  for (size_t end = text.find('\n'); end != text.npos; end = text.find('\n', begin)) {
    lines.push_back(json::parse(text.substr(begin, end - begin)));
    begin = end + 1;
  }
  CHECK(begin == text.size());
  return lines;
}

/// The predictions file of a data file and its scores.
std::vector<json> predictions(const std::string& path, const data::ReadOptions& read,
                              Problem problem, const std::vector<std::vector<float>>& rows) {
  const test::TinyRun tiny;
  const auto tokenizer = text::load_tokenizer(tiny / "model");
  const data::LabelMap labels =
      problem == Problem::kRegression ? data::LabelMap() : data::LabelMap({"bad", "fair", "good"});
  const auto prepared = data::prepare_file({path, "data", read, {}}, labels, *tokenizer);
  const tasks::ClassificationAnswers answers(problem, labels, test::score_table(rows));
  return parse_lines(predictions_jsonl({path, read, *prepared.dataset}, answers));
}

}  // namespace

TEST_CASE("predictions of a file hold line, text and target of every row") {
  const test::TinyRun tiny;
  const auto path = tiny.write("a.tsv", "text\tlabel\ngood w8\tgood\n\nbad \"w9\"\tfair\n");
  const auto lines = predictions(path.string(), {}, Problem::kSingleLabel,
                                 {{0.1F, 0.2F, 0.7F}, {0.8F, 0.1F, 0.1F}});
  REQUIRE(lines.size() == 2);
  CHECK(lines[0] == json::parse(R"({"line": 2, "text": "good w8", "target": "good",
      "label": "good", "scores": {"bad": 0.1, "fair": 0.2, "good": 0.7}})"));
  CHECK(lines[1].at("line") == 4);
  CHECK(lines[1].at("text") == "bad \"w9\"");
  CHECK(lines[1].at("target") == "fair");
  CHECK(lines[1].at("label") == "bad");
}

TEST_CASE("targets of many labels are always a list, pairs have both texts") {
  const test::TinyRun tiny;
  const auto path = tiny.write("a.tsv", "text\tother\tlabel\ngood\tw8\tgood\nw9\tw10\tbad;fair\n");
  data::ReadOptions read;
  read.text_pair_column = "other";
  read.target_kind = data::TargetKind::kMultiLabel;
  const auto lines = predictions(path.string(), read, Problem::kMultiLabel,
                                 {{0.1F, 0.2F, 0.7F}, {0.8F, 0.1F, 0.1F}});
  CHECK(lines.at(0).at("text_pair") == "w8");
  CHECK(lines.at(0).at("target") == json{"good"});
  CHECK(lines.at(1).at("target") == json{"bad", "fair"});
  CHECK(lines.at(1).at("labels") == json{"bad"});
}

TEST_CASE("targets of a regression are numbers") {
  const test::TinyRun tiny;
  const auto path = tiny.write("a.tsv", "text\tlabel\nw8\t2.50\nw9\t-1e3\n");
  data::ReadOptions read;
  read.target_kind = data::TargetKind::kRegression;
  const auto lines = predictions(path.string(), read, Problem::kRegression, {{0.5F}, {1.0F}});
  CHECK(lines.at(0) == json::parse(R"({"line": 2, "text": "w8", "target": 2.5, "value": 0.5})"));
  CHECK(lines.at(1).at("target") == -1000.0);
}

TEST_CASE("data that came from a stream has lines but no texts") {
  const auto dataset = test::rows_of_classes({0, 1});
  const tasks::ClassificationAnswers answers(Problem::kSingleLabel, data::LabelMap({"a", "b"}),
                                             test::score_table({{0.25F, 0.75F}, {0.5F, 0.5F}}));
  const auto lines = parse_lines(predictions_jsonl({"-", {}, *dataset}, answers));
  REQUIRE(lines.size() == 2);
  CHECK(lines[0] == json::parse(R"({"line": 2, "label": "b", "scores": {"a": 0.25, "b": 0.75}})"));
}
