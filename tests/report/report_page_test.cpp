#include "report/report_page.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "support/test_support.h"

using namespace finetune::report;
using finetune::test::shell_quote;

namespace {

/// A page with every section, all its names hostile.
ReportData hostile_data() {
  const std::string name = "<script>alert(1)</script>\x1b[31m\n=HYPERLINK(\"x\") ' & \xff";
  ReportData data;
  data.title = name;
  data.verdict = name;
  data.settings = {{name, name, false}, {"seed", "42", true}};
  for (int64_t step = 1; step <= 50; ++step) {
    const auto x = static_cast<double>(step);
    data.history.train.push_back({step, x / 25, 1 / x, 5e-5 * (1 - x / 50), 2.0 / x, 9000, 300});
  }
  EvaluationEvent evaluation;
  evaluation.step = 25;
  evaluation.values = {{"loss", 0.4}, {name, 0.875}};
  evaluation.is_best = true;
  data.history.evaluations = {evaluation};
  evaluation.step = 50;
  data.history.evaluations.push_back(evaluation);
  data.history.resumes = {{25, 1.0, name}};
  data.history.skips = {{26, 1.1, name}};
  data.metric = name;
  finetune::metrics::SingleLabelMetrics metrics(2);
  metrics.add(0, 1);
  metrics.add(1, 1);
  data.splits = {{name,
                  2,
                  metrics.values(),
                  {{"accuracy", {0.1, 0.9}}},
                  {{name, {name, name}}},
                  {},
                  {name, "pos"},
                  metrics.per_class(),
                  metrics.confusion(),
                  {}}};
  data.data_summary = {{"split", name}, {{"train", name}}};
  data.wrong_answers = {{name, name, name, 0.99, 3}};
  return data;
}

}  // namespace

TEST_CASE("hostile names appear on the page as text only") {
  const std::string page = render_report(hostile_data());
  CHECK(page.find("<script") == std::string::npos);
  CHECK(page.find('\x1b') == std::string::npos);
  CHECK(page.find('\xff') == std::string::npos);
  CHECK(page.find("&lt;script&gt;alert(1)&lt;/script&gt;␛[31m␊=HYPERLINK(&quot;x&quot;) &#39;") !=
        std::string::npos);
}

TEST_CASE("the page is self-contained, well-formed and tells what its pictures show") {
  const auto python = finetune::test::python();
  if (!python) return;
  const finetune::test::TemporaryFolder folder;
  for (const ReportData& data : {hostile_data(), ReportData{}}) {
    const auto file = folder.path() / "report.html";
    finetune::test::write_file(file, render_report(data));
    const auto script = finetune::test::fixture("report/fixtures/check_page.py");
    const auto result =
        finetune::test::run_shell(shell_quote(python->string()) + " " +
                                  shell_quote(script.string()) + " " + shell_quote(file.string()));
    INFO(result.err);
    REQUIRE(result.exit_code == 0);
    const auto seen = nlohmann::json::parse(result.out);
    const bool is_full = !data.title.empty();
    CHECK(seen.at("svgs") == (is_full ? 5 : 0));
    CHECK(seen.at("svgs_with_title") == seen.at("svgs"));
    CHECK(seen.at("tables") == (is_full ? 6 : 0));
    CHECK(seen.at("active").empty());
  }
}
