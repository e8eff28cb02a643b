#include "report/report_curves.h"

#include <limits>
#include <vector>

#include "base/strings.h"
#include "report/chart.h"
#include "report/escape.h"

namespace finetune::report {
namespace {

ChartSeries train_series(const History& history, const std::string& name,
                         double TrainLogEvent::*value) {
  ChartSeries series{name, {}, false};
  for (const TrainLogEvent& event : history.train) {
    series.points.push_back({static_cast<double>(event.step), event.*value});
  }
  return series;
}

ChartSeries evaluation_series(const History& history, const std::string& metric) {
  ChartSeries series{"validation", {}, true};
  for (const EvaluationEvent& event : history.evaluations) {
    const auto found = event.values.find(metric);
    if (event.split != "validation" || found == event.values.end()) continue;
    const double value = found->second.value_or(std::numeric_limits<double>::quiet_NaN());
    series.points.push_back({static_cast<double>(event.step), value});
  }
  return series;
}

/// The last evaluation that was the best so far.
void mark_best(Chart& chart, const History& history, const std::string& metric) {
  for (const EvaluationEvent& event : history.evaluations) {
    const auto found = event.values.find(metric);
    if (!event.is_best || found == event.values.end() || !found->second) continue;
    chart.mark = ChartPoint{static_cast<double>(event.step), *found->second};
    chart.mark_label = "best " + short_number(*found->second);
  }
}

std::string figure(const Chart& chart) {
  std::string legend;
  for (size_t i = 0; chart.series.size() > 1 && i < chart.series.size(); ++i) {
    legend += base::cat("<span class=\"k", i, "\">") + (i == 0 ? "━ " : "╍ ") +
              escape_html(chart.series[i].name) + "</span>";
  }
  return "<figure><figcaption>" + escape_html(chart.title) + "<span class=\"legend\">" + legend +
         "</span></figcaption>" + render_svg(chart) + "</figure>\n";
}

/// Series without a point are dropped; a chart without a series is not drawn.
std::string chart_of(std::string title, std::vector<ChartSeries> series, const History& history,
                     const std::string& best_metric = "") {
  Chart chart;
  chart.title = std::move(title);
  chart.x_label = "step";
  for (ChartSeries& one : series) {
    if (!one.points.empty()) chart.series.push_back(std::move(one));
  }
  if (chart.series.empty()) return "";
  if (!best_metric.empty()) mark_best(chart, history, best_metric);
  return figure(chart);
}

}  // namespace

std::string curves_section(const History& history, const std::string& metric) {
  std::string charts;
  charts += chart_of(
      "Loss",
      {train_series(history, "training", &TrainLogEvent::loss), evaluation_series(history, "loss")},
      history, metric == "loss" ? "loss" : "");
  if (metric != "loss" && !metric.empty()) {
    charts +=
        chart_of("Validation " + metric, {evaluation_series(history, metric)}, history, metric);
  }
  charts +=
      chart_of("Learning rate",
               {train_series(history, "learning rate", &TrainLogEvent::learning_rate)}, history);
  charts += chart_of("Gradient norm before clipping",
                     {train_series(history, "norm", &TrainLogEvent::grad_norm)}, history);
  charts += chart_of("Tokens per second",
                     {train_series(history, "rate", &TrainLogEvent::tokens_per_second)}, history);
  if (charts.empty()) return "";
  return "<h2>Training</h2><div class=\"charts\">" + charts + "</div>\n";
}

}  // namespace finetune::report
