#include "run/evaluation_report.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "base/strings.h"

namespace finetune::run {

using nlohmann::json;

namespace {

constexpr size_t kMaxShownClasses = 12;  ///< a wider confusion matrix does not fit a terminal

json or_null(const std::optional<double>& value) { return value ? json(*value) : json(nullptr); }

json metrics_json(const report::SplitResult& result) {
  json object = json::object();
  for (const auto& [name, value] : result.values) {
    object[name] = {{"value", or_null(value)}};
    if (const auto note = result.notes.find(name); note != result.notes.end()) {
      object[name]["signature"] = note->second.signature;
      if (!note->second.details.empty()) object[name]["details"] = note->second.details;
    }
    const auto interval = result.intervals.find(name);
    if (interval == result.intervals.end()) continue;
    object[name]["low"] = interval->second.low;
    object[name]["high"] = interval->second.high;
  }
  return object;
}

json by_length_json(const report::SplitResult& result) {
  json list = json::array();
  for (const metrics::LengthGroup& group : result.by_length) {
    json object = {{"least", group.least},
                   {"most", group.most ? json(*group.most) : json(nullptr)},
                   {"num_examples", group.num_examples}};
    for (const auto& [name, value] : group.values) object["metrics"][name] = or_null(value);
    list.push_back(std::move(object));
  }
  return list;
}

json per_class_json(const report::SplitResult& result) {
  json list = json::array();
  for (size_t id = 0; id < result.per_class.size(); ++id) {
    const metrics::ClassScores& scores = result.per_class[id];
    list.push_back({{"label", result.labels[id]},
                    {"precision", or_null(scores.precision)},
                    {"recall", or_null(scores.recall)},
                    {"f1", or_null(scores.f1)},
                    {"support", scores.support}});
  }
  return list;
}

json confusion_json(const report::SplitResult& result) {
  const size_t num_classes = result.labels.size();
  json rows = json::array();
  for (size_t target = 0; target < num_classes; ++target) {
    const auto begin = result.confusion.begin() + static_cast<std::ptrdiff_t>(target * num_classes);
    rows.push_back(std::vector<int64_t>(begin, begin + static_cast<std::ptrdiff_t>(num_classes)));
  }
  return {{"labels", result.labels}, {"counts", rows}};
}

std::string cell(const std::optional<double>& value) {
  if (!value) return "-";
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%.4f", *value);
  return text.data();
}

size_t num_characters(const std::string& text) { return base::decode_utf8(text).size(); }

/// At least one space follows, also where the column is too narrow.
std::string padded(const std::string& text, size_t width) {
  const size_t length = num_characters(text);
  return text + std::string(width > length ? width - length : 1, ' ');
}

/// The labels as the cells of a column or of the head of a table, each as wide as the widest.
std::vector<std::string> label_cells(const std::vector<std::string>& labels, size_t max_bytes,
                                     size_t least_width) {
  std::vector<std::string> cells;
  size_t width = least_width;
  for (const std::string& label : labels) {
    cells.push_back(base::quote(label, max_bytes));
    width = std::max(width, num_characters(cells.back()) + 1);
  }
  for (std::string& text : cells) text = padded(text, width);
  return cells;
}

std::string metrics_text(const report::SplitResult& result) {
  std::string text = padded("metric", 24) + padded("value", 11) + "95 % interval\n";
  for (const auto& [name, value] : result.values) {
    text += padded(name, 24) + padded(cell(value), 11);
    const auto interval = result.intervals.find(name);
    if (interval != result.intervals.end()) {
      text += cell(interval->second.low) + " - " + cell(interval->second.high);
    }
    text += "\n";
  }
  return text;
}

std::string notes_text(const report::SplitResult& result) {
  std::string text = "\n";
  for (const auto& [name, note] : result.notes)
    text +=
        base::cat(name, "|", note.signature, note.details.empty() ? "" : "  ", note.details, "\n");
  return text;
}

std::string by_length_text(const report::SplitResult& result) {
  std::string text = "\n" + padded("source tokens", 16) + padded("examples", 11);
  for (const auto& [name, value] : result.by_length.front().values) text += padded(name, 13);
  text += "\n";
  for (const metrics::LengthGroup& group : result.by_length) {
    const std::string range =
        group.most ? base::cat(group.least, "-", *group.most) : base::cat(group.least, "+");
    text += padded(range, 16) + padded(base::cat(group.num_examples), 11);
    for (const auto& [name, value] : group.values) text += padded(cell(value), 13);
    text += "\n";
  }
  return text;
}

std::string per_class_text(const report::SplitResult& result) {
  const std::vector<std::string> labels = label_cells(result.labels, 18, 20);
  std::string text = "\n" + padded("label", num_characters(labels.at(0))) +
                     padded("precision", 11) + padded("recall", 11) + padded("f1", 11) +
                     "support\n";
  for (size_t id = 0; id < result.per_class.size(); ++id) {
    const metrics::ClassScores& scores = result.per_class[id];
    text += labels[id] + padded(cell(scores.precision), 11) + padded(cell(scores.recall), 11) +
            padded(cell(scores.f1), 11) + std::to_string(scores.support) + "\n";
  }
  return text;
}

std::string confusion_text(const report::SplitResult& result) {
  const std::vector<std::string> rows = label_cells(result.labels, 18, 20);
  const std::vector<std::string> columns = label_cells(result.labels, 10, 13);
  std::string text = "\nconfusion matrix (rows: target, columns: prediction)\n" +
                     padded("", num_characters(rows.at(0))) + base::join(columns, "") + "\n";
  for (size_t target = 0; target < rows.size(); ++target) {
    text += rows[target];
    for (size_t predicted = 0; predicted < columns.size(); ++predicted) {
      text += padded(std::to_string(result.confusion[target * columns.size() + predicted]),
                     num_characters(columns[predicted]));
    }
    text += "\n";
  }
  return text;
}

}  // namespace

json evaluation_json(const report::SplitResult& result) {
  json report = {{"num_examples", result.num_examples}, {"metrics", metrics_json(result)}};
  if (!result.by_length.empty()) report["by_source_length"] = by_length_json(result);
  if (!result.per_class.empty()) report["per_class"] = per_class_json(result);
  if (!result.confusion.empty()) report["confusion_matrix"] = confusion_json(result);
  return report;
}

std::string evaluation_text(const report::SplitResult& result) {
  std::string text = base::cat(result.num_examples, " examples\n\n", metrics_text(result));
  if (!result.notes.empty()) text += notes_text(result);
  if (!result.by_length.empty()) text += by_length_text(result);
  if (!result.per_class.empty()) text += per_class_text(result);
  if (!result.confusion.empty() && result.labels.size() <= kMaxShownClasses)
    text += confusion_text(result);
  return text;
}

}  // namespace finetune::run
