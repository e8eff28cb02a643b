#include "report/report_tables.h"

#include <array>
#include <charconv>
#include <limits>

#include "base/strings.h"
#include "report/chart.h"
#include "report/escape.h"

namespace finetune::report {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

std::string cell(const std::string& text) { return "<td>" + escape_html(text) + "</td>"; }

std::string number_cell(const std::optional<double>& value) {
  return "<td>" + short_number(value.value_or(kNan)) + "</td>";
}

std::string head_row(const std::vector<std::string>& columns) {
  std::string out = "<thead><tr>";
  for (const std::string& column : columns) {
    out += "<th scope=\"col\">" + escape_html(column) + "</th>";
  }
  return out + "</tr></thead>";
}

/// `style` "texts": the second column holds running text.
std::string table(const std::vector<std::string>& columns, const std::string& rows,
                  const std::string& style = "numbers") {
  return "<div class=\"wide\"><table class=\"" + style + "\">" + head_row(columns) + "<tbody>" +
         rows + "</tbody></table></div>\n";
}

std::string label_of(const SplitResult& split, size_t k) {
  return k < split.labels.size() ? split.labels[k] : base::cat(k);
}

std::string metrics_table(const SplitResult& split) {
  std::string rows;
  for (const auto& [name, value] : split.values) {
    const auto interval = split.intervals.find(name);
    rows += "<tr>" + cell(name) + number_cell(value);
    rows += interval == split.intervals.end() ? cell("")
                                              : cell(short_number(interval->second.low) + " to " +
                                                     short_number(interval->second.high));
    rows += "</tr>";
  }
  return rows.empty() ? "" : table({"metric", "value", "95 % interval"}, rows);
}

/// "11-20", or "101+".
std::string range_of(const metrics::LengthGroup& group) {
  return group.most ? base::cat(group.least, "-", *group.most) : base::cat(group.least, "+");
}

std::string length_table(const SplitResult& split) {
  if (split.by_length.empty()) return "";
  std::vector<std::string> columns = {"tokens", "examples"};
  for (const auto& [name, value] : split.by_length.front().values) columns.push_back(name);
  std::string rows;
  for (const metrics::LengthGroup& group : split.by_length) {
    rows += "<tr>" + cell(range_of(group)) + cell(base::cat(group.num_examples));
    for (const auto& [name, value] : group.values) rows += number_cell(value);
    rows += "</tr>";
  }
  return "<h3>By length of the source</h3>" + table(columns, rows);
}

std::string signatures(const SplitResult& split) {
  std::string out;
  for (const auto& [name, note] : split.notes)
    out += "<p class=\"soft\">" + escape_html(name + ": " + note.signature) + "</p>";
  return out;
}

std::string class_table(const SplitResult& split) {
  if (split.per_class.empty()) return "";
  std::string rows;
  for (size_t k = 0; k < split.per_class.size(); ++k) {
    const metrics::ClassScores& scores = split.per_class[k];
    rows += "<tr>" + cell(label_of(split, k)) + number_cell(scores.precision) +
            number_cell(scores.recall) + number_cell(scores.f1) + cell(base::cat(scores.support)) +
            "</tr>";
  }
  return "<h3>By class</h3>" + table({"class", "precision", "recall", "F1", "support"}, rows);
}

std::string fixed(double value, int num_decimals) {
  std::array<char, 32> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                 std::chars_format::fixed, num_decimals);
  return {buffer.data(), end.ptr};
}

/// Counts and the share of their row, as text and as depth of colour.
std::string confusion_table(const SplitResult& split) {
  constexpr size_t kMaxClasses = 40;
  const size_t classes = split.labels.size();
  if (classes == 0 || classes > kMaxClasses || split.confusion.size() != classes * classes) {
    return "";
  }
  std::vector<std::string> columns = {"target \\ predicted"};
  columns.insert(columns.end(), split.labels.begin(), split.labels.end());
  std::string rows;
  for (size_t target = 0; target < classes; ++target) {
    int64_t total = 0;
    for (size_t k = 0; k < classes; ++k) total += split.confusion[target * classes + k];
    rows += "<tr>" + cell(split.labels[target]);
    for (size_t k = 0; k < classes; ++k) {
      const int64_t count = split.confusion[target * classes + k];
      const double share = total > 0 ? static_cast<double>(count) / static_cast<double>(total) : 0;
      rows += "<td class=\"heat\" style=\"--share:" + fixed(share, 3) + "\">" + base::cat(count) +
              " <span class=\"soft\">" + fixed(100 * share, 1) + " %</span></td>";
    }
    rows += "</tr>";
  }
  return "<h3>Confusion matrix</h3>" + table(columns, rows);
}

std::string calibration_table(const SplitResult& split) {
  std::string rows;
  for (const metrics::CalibrationError::Bin& bin : split.calibration) {
    if (bin.count == 0) continue;
    const auto count = static_cast<double>(bin.count);
    rows += "<tr>" + number_cell(bin.confidence_sum / count) +
            number_cell(static_cast<double>(bin.num_correct) / count) + cell(base::cat(bin.count)) +
            "</tr>";
  }
  if (rows.empty()) return "";
  return "<h3>Calibration</h3>" + table({"mean confidence", "share correct", "examples"}, rows);
}

std::string setting_rows(const std::vector<Setting>& settings, bool is_default) {
  std::string rows;
  for (const Setting& setting : settings) {
    if (setting.is_default != is_default) continue;
    rows += std::string("<tr") + (is_default ? "" : " class=\"changed\"") + "><td>" +
            escape_html(setting.key) + "</td><td class=\"text\">" + escape_html(setting.value) +
            "</td></tr>";
  }
  return rows;
}

}  // namespace

std::string split_section(const SplitResult& split) {
  return "<h2>Results on " + escape_html(split.split) + " <span class=\"soft\">(" +
         base::cat(split.num_examples) + " examples)</span></h2><div class=\"tables\"><section>" +
         metrics_table(split) + signatures(split) + "</section><section>" + class_table(split) +
         length_table(split) + confusion_table(split) + calibration_table(split) +
         "</section></div>";
}

std::string data_section(const Table& summary) {
  if (summary.rows.empty()) return "";
  std::string rows;
  for (const std::vector<std::string>& row : summary.rows) {
    rows += "<tr>";
    for (const std::string& text : row) rows += cell(text);
    rows += "</tr>";
  }
  return "<h2>Data</h2>" + table(summary.columns, rows);
}

std::string wrong_answers_section(const std::vector<WrongAnswer>& answers) {
  if (answers.empty()) return "";
  std::string rows;
  for (const WrongAnswer& answer : answers) {
    rows += "<tr>" + cell(base::cat(answer.line)) + "<td class=\"text\">" +
            escape_html(answer.text) + "</td>" + cell(answer.expected) + cell(answer.predicted) +
            number_cell(answer.confidence) + "</tr>";
  }
  return "<h2>Worst errors</h2>" +
         table({"line", "text", "expected", "predicted", "confidence"}, rows, "texts");
}

std::string settings_section(const std::vector<Setting>& settings) {
  if (settings.empty()) return "";
  return "<h2>Settings <span class=\"soft\">(bold: not the default)</span></h2>" +
         table({"key", "value"}, setting_rows(settings, false) + setting_rows(settings, true),
               "texts");
}

}  // namespace finetune::report
