#include "run/run_report.h"

#include <catch2/catch.hpp>

#include "data/prepare.h"
#include "run/tiny_run.h"
#include "tasks/scored_rows.h"

using namespace finetune;
using namespace finetune::run;
using Catch::Matchers::Contains;
using tasks::Problem;
using test::TinyRun;

namespace {

/// Four rows, of which the first, third and fourth are answered wrongly.
struct Answered {
  explicit Answered(const TinyRun& tiny)
      : path(tiny.write("a.tsv", "text\tlabel\nw8\tgood\nw9\tbad\nw10\tfair\n\nw11\tbad\n")),
        dataset(data::prepare_file({path.string(), "data", {}, {}}, labels,
                                   *text::load_tokenizer(tiny / "model"))
                    .dataset) {}

  std::vector<report::WrongAnswer> wrong(Problem problem, const std::string& file,
                                         size_t max_count) const {
    const tasks::ClassificationAnswers answers(problem, labels, scores);
    return wrong_answers({file, {}, *dataset}, answers, max_count);
  }

  std::filesystem::path path;
  data::LabelMap labels{{"bad", "fair", "good"}};
  std::shared_ptr<const data::EncodedDataset> dataset;
  tasks::ScoreTable scores = test::score_table(
      {{0.5F, 0.3F, 0.2F}, {0.9F, 0.1F, 0.0F}, {0.2F, 0.1F, 0.7F}, {0.1F, 0.5F, 0.4F}});
};

}  // namespace

TEST_CASE("wrong answers come most confident first, with text and line") {
  const TinyRun tiny;
  const Answered answered(tiny);
  const auto wrong = answered.wrong(Problem::kSingleLabel, answered.path.string(), 10);
  REQUIRE(wrong.size() == 3);
  CHECK(wrong[0].text == "w10");
  CHECK(wrong[0].expected == "fair");
  CHECK(wrong[0].predicted == "good");
  CHECK(wrong[0].confidence == Approx(0.7));
  CHECK(wrong[0].line == 4);
  CHECK(wrong[1].text == "w8");  // of equal confidence the earlier row
  CHECK(wrong[2].text == "w11");
  CHECK(wrong[2].line == 6);
  CHECK(answered.wrong(Problem::kSingleLabel, answered.path.string(), 1).size() == 1);
}

TEST_CASE("a stream and other tasks have no wrong answers to show") {
  const TinyRun tiny;
  const Answered answered(tiny);
  CHECK(answered.wrong(Problem::kSingleLabel, "-", 10).empty());
  CHECK(answered.wrong(Problem::kMultiLabel, answered.path.string(), 10).empty());
}

TEST_CASE("the page of a run has its verdict, settings, data and escaped texts") {
  const TinyRun tiny;
  const RunConfig config = tiny.config(R"({"about": "reviews & more"})");
  data::DataReport data;
  data.splits["train"].rows_kept = 4711;
  report::SplitResult split;
  split.split = "test";
  split.num_examples = 6;
  split.values = {{"accuracy", 0.625}};
  report::WrongAnswer answer;
  answer.text = "<b>bold</b>";
  const std::string html = run_report_html({config, data, "time_is_up", {split}, {answer}});
  CHECK_THAT(html,
             Contains("reviews &amp; more") &&
                 Contains("The run ended (time_is_up); accuracy 0.625 on test (6 examples).") &&
                 Contains("4711") && Contains("training.batch_size") && Contains("&lt;b&gt;bold"));
  CHECK_THAT(html, !Contains("<b>bold"));
}
