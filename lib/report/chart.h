#pragma once

#include <optional>
#include <string>
#include <vector>

namespace finetune::report {

struct ChartPoint {
  double x = 0.0;
  double y = 0.0;  ///< a point that is not finite interrupts the line
};

struct ChartSeries {
  std::string name;
  std::vector<ChartPoint> points;
  bool has_dots = false;  ///< a dot with its value at every point: for few points
};

struct Chart {
  std::string title;
  std::string x_label;
  std::vector<ChartSeries> series;  ///< up to four, told apart by colour and dash
  std::optional<ChartPoint> mark;   ///< the best one
  std::string mark_label;
};

/// The chart as one SVG element to be put into an HTML page, whose style sheet colours the classes
/// "axis", "grid", "s0" .. "s3", "mark". Carries title and description for readers that cannot see
/// it. Long series are thinned to the extremes of every column of pixels.
std::string render_svg(const Chart& chart);

/// Short text of a number: 4 significant digits, locale-free; a dash for NaN.
std::string short_number(double value);

}  // namespace finetune::report
