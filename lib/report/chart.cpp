#include "report/chart.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include "base/strings.h"
#include "report/escape.h"

namespace finetune::report {
namespace {

constexpr double kWidth = 640.0;
constexpr double kHeight = 240.0;
constexpr double kLeft = 60.0;
constexpr double kRight = 14.0;
constexpr double kTop = 14.0;
constexpr double kBottom = 38.0;
constexpr size_t kMaxSeries = 4;

struct Range {
  double low = std::numeric_limits<double>::infinity();
  double high = -std::numeric_limits<double>::infinity();

  void include(double value) {
    low = std::min(low, value);
    high = std::max(high, value);
  }
};

/// Beyond this a span of two values would overflow.
constexpr double kLargest = 1e300;

bool is_drawable(const ChartPoint& point) {
  return std::abs(point.x) < kLargest && std::abs(point.y) < kLargest;  // false for NaN
}

/// 1, 2 or 5 times a power of ten, so that about `count` of them cover `span`.
double tick_step(double span, int count) {
  const double raw = span / count;
  const double power = std::pow(10.0, std::floor(std::log10(raw)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (raw <= factor * power * 1.0000001) return factor * power;
  }
  return 10.0 * power;
}

/// Rounded outwards to ticks, so that curves do not touch the frame; never empty.
Range with_margin(Range range) {
  if (range.low > range.high) return {0.0, 1.0};
  const double smallest = std::max(std::abs(range.high) * 1e-6, 1e-12);
  if (range.high - range.low < smallest) {
    const double pad = range.high == 0.0 ? 1.0 : std::abs(range.high) * 0.1;
    return {range.low - pad, range.high + pad};
  }
  const double step = tick_step(range.high - range.low, 5);
  return {std::floor(range.low / step) * step, std::ceil(range.high / step) * step};
}

std::string fixed(double value) {  // pixels, one decimal
  std::array<char, 32> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                 std::chars_format::fixed, 1);
  return {buffer.data(), end.ptr};
}

/// Where data lands on the canvas.
struct Frame {
  Range x;
  Range y;

  double to_x(double value) const {
    return kLeft + (value - x.low) / (x.high - x.low) * (kWidth - kLeft - kRight);
  }
  double to_y(double value) const {
    return kHeight - kBottom - (value - y.low) / (y.high - y.low) * (kHeight - kTop - kBottom);
  }
};

Frame frame_of(const Chart& chart) {
  Range x;
  Range y;
  for (const ChartSeries& series : chart.series) {
    for (const ChartPoint& point : series.points) {
      if (!is_drawable(point)) continue;
      x.include(point.x);
      y.include(point.y);
    }
  }
  if (x.low > x.high) x = {0.0, 1.0};
  if (x.low == x.high) x.high = x.low + 1.0;
  return {x, with_margin(y)};
}

/// Multiples of a round step inside the range; a handful, whatever the range.
std::vector<double> ticks(const Range& range, int count) {
  const double step = tick_step(range.high - range.low, count);
  const double first = std::ceil(range.low / step);
  std::vector<double> out;
  for (int i = 0; i <= 2 * count; ++i) {
    const double value = (first + i) * step;
    if (!(value <= range.high + step * 1e-6)) break;
    out.push_back(value);
  }
  return out;
}

std::string axes(const Frame& frame, const Chart& chart) {
  std::string out;
  for (const double y : ticks(frame.y, 5)) {
    const std::string at = fixed(frame.to_y(y));
    out += "<line class=\"grid\" x1=\"" + fixed(kLeft) + "\" x2=\"" + fixed(kWidth - kRight) +
           "\" y1=\"" + at + "\" y2=\"" + at + "\"/>";
    out += "<text class=\"axis\" text-anchor=\"end\" dy=\"4\" x=\"" + fixed(kLeft - 6) + "\" y=\"" +
           at + "\">" + short_number(y) + "</text>";
  }
  for (const double x : ticks(frame.x, 6)) {
    out += "<text class=\"axis\" text-anchor=\"middle\" x=\"" + fixed(frame.to_x(x)) + "\" y=\"" +
           fixed(kHeight - kBottom + 16) + "\">" + short_number(x) + "</text>";
  }
  return out + "<text class=\"axis\" text-anchor=\"middle\" x=\"" +
         fixed((kLeft + kWidth - kRight) / 2) + "\" y=\"" + fixed(kHeight - 6) + "\">" +
         escape_html(chart.x_label) + "</text>";
}

/// At most the lowest and the highest point of every column of pixels, in their order.
std::vector<ChartPoint> thinned(const std::vector<ChartPoint>& points, const Frame& frame) {
  if (points.size() <= 2 * static_cast<size_t>(kWidth)) return points;
  std::vector<ChartPoint> out;
  for (size_t begin = 0; begin < points.size();) {
    const double column = std::floor(frame.to_x(points[begin].x));
    size_t low = begin;
    size_t high = begin;
    size_t end = begin;
    for (; end < points.size() && std::floor(frame.to_x(points[end].x)) == column; ++end) {
      if (points[end].y < points[low].y) low = end;
      if (points[end].y > points[high].y) high = end;
    }
    out.push_back(points[std::min(low, high)]);
    if (low != high) out.push_back(points[std::max(low, high)]);
    begin = std::max(end, begin + 1);
  }
  return out;
}

std::string curve(const ChartSeries& series, size_t index, const Frame& frame) {
  const std::string style = base::cat("s", index);
  std::string path;
  bool is_drawing = false;
  for (const ChartPoint& point : thinned(series.points, frame)) {
    if (is_drawable(point)) {
      path +=
          (is_drawing ? "L" : "M") + fixed(frame.to_x(point.x)) + " " + fixed(frame.to_y(point.y));
    }
    is_drawing = is_drawable(point);
  }
  std::string out = "<path class=\"" + style + "\" d=\"" + path + "\"/>";
  if (!series.has_dots) return out;
  for (const ChartPoint& point : series.points) {
    if (!is_drawable(point)) continue;
    out += "<circle class=\"" + style + "\" r=\"3\" cx=\"" + fixed(frame.to_x(point.x)) +
           "\" cy=\"" + fixed(frame.to_y(point.y)) + "\"><title>" + escape_html(series.name) + " " +
           short_number(point.y) + " at " + short_number(point.x) + "</title></circle>";
  }
  return out;
}

std::string best_mark(const Chart& chart, const Frame& frame) {
  if (!chart.mark || !is_drawable(*chart.mark)) return "";
  const double x = frame.to_x(chart.mark->x);
  const double y = frame.to_y(chart.mark->y);
  const bool is_right = x > kWidth / 2;
  return "<circle class=\"mark\" r=\"7\" cx=\"" + fixed(x) + "\" cy=\"" + fixed(y) +
         "\"/><text class=\"axis strong\" text-anchor=\"" + (is_right ? "end" : "start") +
         "\" x=\"" + fixed(is_right ? x - 11 : x + 11) + "\" y=\"" + fixed(std::max(y - 8, 12.0)) +
         "\">" + escape_html(chart.mark_label) + "</text>";
}

/// What a reader who cannot see the chart needs: range and last value of every series.
std::string description(const Chart& chart) {
  std::string out;
  for (const ChartSeries& series : chart.series) {
    Range range;
    double last = std::numeric_limits<double>::quiet_NaN();
    for (const ChartPoint& point : series.points) {
      if (!is_drawable(point)) continue;
      range.include(point.y);
      last = point.y;
    }
    if (range.low > range.high) continue;
    out += series.name + ": from " + short_number(range.low) + " to " + short_number(range.high) +
           ", last " + short_number(last) + ". ";
  }
  return out;
}

}  // namespace

std::string short_number(double value) {
  if (!std::isfinite(value)) return "–";
  std::array<char, 32> buffer{};
  const auto format = std::abs(value) >= 1e3 && std::abs(value) < 1e7 ? std::chars_format::fixed
                                                                      : std::chars_format::general;
  const int precision = format == std::chars_format::fixed ? 0 : 4;
  const auto end =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, format, precision);
  return {buffer.data(), end.ptr};
}

std::string render_svg(const Chart& chart) {
  const Frame frame = frame_of(chart);
  std::string out = "<svg role=\"img\" viewBox=\"0 0 " + fixed(kWidth) + " " + fixed(kHeight) +
                    "\" xmlns=\"http://www.w3.org/2000/svg\"><title>" + escape_html(chart.title) +
                    "</title><desc>" + escape_html(description(chart)) + "</desc>";
  out += axes(frame, chart);
  const size_t count = std::min(chart.series.size(), kMaxSeries);
  for (size_t i = 0; i < count; ++i) out += curve(chart.series[i], i, frame);
  return out + best_mark(chart, frame) + "</svg>\n";
}

}  // namespace finetune::report
