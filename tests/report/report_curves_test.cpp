#include "report/report_curves.h"

#include <catch2/catch.hpp>

using namespace finetune::report;

namespace {

EvaluationEvent evaluation(int64_t step, double accuracy, bool is_best) {
  EvaluationEvent event;
  event.step = step;
  event.values = {{"loss", 0.5}, {"accuracy", accuracy}};
  event.is_best = is_best;
  return event;
}

size_t num_charts(const std::string& html) {
  size_t count = 0;
  for (size_t at = html.find("<svg"); at != std::string::npos; at = html.find("<svg", at + 1))
    ++count;
  return count;
}

}  // namespace

TEST_CASE("a run has curves of loss, metric, learning rate, gradient norm and throughput") {
  History history;
  for (int64_t step = 1; step <= 3; ++step)
    history.train.push_back({step, 0.1, 0.6, 1e-5, 1, 2, 3});
  history.evaluations = {evaluation(1, 0.7, true), evaluation(2, 0.9, true),
                         evaluation(3, 0.8, false)};
  const std::string html = curves_section(history, "accuracy");
  CHECK(num_charts(html) == 5);
  CHECK(html.find("Validation accuracy") != std::string::npos);
  CHECK(html.find(">best 0.9</text>") != std::string::npos);
  CHECK(html.find(">best 0.7</text>") == std::string::npos);
}

TEST_CASE("when the loss chooses, its own chart has the mark") {
  History history;
  history.evaluations = {evaluation(1, 0.7, true)};
  const std::string html = curves_section(history, "loss");
  CHECK(num_charts(html) == 1);
  CHECK(html.find(">best 0.5</text>") != std::string::npos);
}

TEST_CASE("test results are no part of the validation curve") {
  History history;
  history.evaluations = {evaluation(1, 0.7, false)};
  history.evaluations[0].split = "test";
  CHECK(curves_section(history, "accuracy").empty());
  CHECK(curves_section({}, "accuracy").empty());
}
