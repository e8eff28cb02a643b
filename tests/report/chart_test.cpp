#include "report/chart.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

using namespace finetune::report;

namespace {

size_t count_of(const std::string& text, const std::string& part) {
  size_t count = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

Chart chart_of(std::vector<ChartPoint> points, bool has_dots = false) {
  Chart chart;
  chart.title = "Loss";
  chart.x_label = "step";
  chart.series = {{"training", std::move(points), has_dots}};
  return chart;
}

}  // namespace

TEST_CASE("short numbers have four digits at most and no locale") {
  CHECK(short_number(0.123456) == "0.1235");
  CHECK(short_number(5e-5) == "5e-05");
  CHECK(short_number(12345.6) == "12346");
  CHECK(short_number(1234567890.0) == "1.235e+09");
  CHECK(short_number(0.0) == "0");
  CHECK(short_number(std::nan("")) == "–");
}

TEST_CASE("values land where the axes say") {
  // y from 0 to 1 in ticks of 0.2, so the frame is 0 .. 1: top is 14, bottom 240 - 38.
  const std::string svg = render_svg(chart_of({{0, 0.0}, {10, 1.0}}));
  CHECK(svg.find("d=\"M60.0 202.0L626.0 14.0\"") != std::string::npos);
  CHECK(svg.find(">0.2</text>") != std::string::npos);
  CHECK(svg.find(">10</text>") != std::string::npos);
  CHECK(svg.find(">step</text>") != std::string::npos);
}

TEST_CASE("a chart can be read without being seen") {
  const std::string svg = render_svg(chart_of({{0, 0.25}, {10, 1.0}, {20, 0.5}}));
  CHECK(svg.starts_with("<svg role=\"img\""));
  CHECK(svg.find("<title>Loss</title>") != std::string::npos);
  CHECK(svg.find("training: from 0.25 to 1, last 0.5.") != std::string::npos);
}

TEST_CASE("values that are not finite interrupt the line") {
  const double inf = std::numeric_limits<double>::infinity();
  const std::string svg =
      render_svg(chart_of({{0, 1.0}, {1, 2.0}, {2, std::nan("")}, {3, inf}, {4, 1.0}, {5, 2.0}}));
  CHECK(count_of(svg, "M") == 2);
  CHECK(svg.find("nan") == std::string::npos);
  CHECK(svg.find("inf") == std::string::npos);
}

TEST_CASE("dots carry their values, the best one a mark") {
  Chart chart = chart_of({{100, 0.8}, {200, 0.9}}, true);
  chart.mark = ChartPoint{200, 0.9};
  chart.mark_label = "best 0.9";
  const std::string svg = render_svg(chart);
  CHECK(count_of(svg, "<circle class=\"s0\"") == 2);
  CHECK(svg.find("<title>training 0.9 at 200</title>") != std::string::npos);
  CHECK(count_of(svg, "class=\"mark\"") == 1);
  CHECK(svg.find(">best 0.9</text>") != std::string::npos);
}

TEST_CASE("empty, constant, single, huge and tiny data give a finite picture") {
  const double huge = std::numeric_limits<double>::max();
  for (const auto& points :
       std::vector<std::vector<ChartPoint>>{{},
                                            {{5, 0.5}},
                                            {{0, 0.0}, {1, 0.0}},
                                            {{0, 3.0}, {1, 3.0}, {2, 3.0 + 1e-12}},
                                            {{1e18, 1.0}, {1e18 + 256, 2.0}},
                                            {{0, huge}, {1, -huge}},
                                            {{0, 1e-300}, {1, 2e-300}},
                                            {{0, std::nan("")}}}) {
    const std::string svg = render_svg(chart_of(points, true));
    INFO(svg);
    CHECK(svg.size() < 20000);
    CHECK(svg.find("nan") == std::string::npos);
    CHECK(svg.find("inf") == std::string::npos);
  }
}

TEST_CASE("long series are thinned but keep their spikes") {
  std::vector<ChartPoint> points;
  for (int i = 0; i < 200000; ++i) points.push_back({static_cast<double>(i), 1.0});
  points[123456].y = 9.0;
  const std::string svg = render_svg(chart_of(points));
  CHECK(svg.size() < 40000);
  CHECK(svg.find(" 32.8L") != std::string::npos);  // 9 on an axis from 0 to 10
}

TEST_CASE("names in a chart are escaped") {
  Chart chart = chart_of({{0, 1}, {1, 2}}, true);
  chart.title = "<b>\x1b";
  chart.series[0].name = "</svg><script>";
  chart.x_label = "&";
  const std::string svg = render_svg(chart);
  CHECK(svg.find("<script>") == std::string::npos);
  CHECK(svg.find("<b>") == std::string::npos);
  CHECK(svg.find("&amp;") != std::string::npos);
}
