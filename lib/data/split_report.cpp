#include "data/split_report.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace finetune::data {
namespace {

LengthSummary summarize(std::vector<int64_t> lengths) {
  LengthSummary summary;
  if (lengths.empty()) return summary;
  std::sort(lengths.begin(), lengths.end());
  const auto rank = [&](size_t percent) {  // the ceil(percent * n / 100)-th value
    return lengths[(percent * lengths.size() + 99) / 100 - 1];
  };
  double sum = 0.0;
  for (const int64_t length : lengths) sum += static_cast<double>(length);
  summary.min = lengths.front();
  summary.max = lengths.back();
  summary.median = rank(50);
  summary.p95 = rank(95);
  summary.mean = sum / static_cast<double>(lengths.size());
  return summary;
}

void add_tokens(const EncodedTable& table, std::optional<int32_t> unknown_id, SplitReport& report) {
  std::vector<int64_t> lengths;
  lengths.reserve(static_cast<size_t>(table.size()));
  for (int64_t row = 0; row < table.size(); ++row) {
    const auto ids = table.token_ids(row);
    lengths.push_back(table.length(row));
    report.tokens += table.length(row);
    report.truncated_rows += table.tokens_cut(row) > 0 ? 1 : 0;
    report.tokens_cut += table.tokens_cut(row);
    if (unknown_id) report.unknown_tokens += std::count(ids.begin(), ids.end(), *unknown_id);
  }
  report.lengths = summarize(std::move(lengths));
}

void add_class_labels(const EncodedTable& table, const std::vector<std::string>& names,
                      SplitReport& report) {
  for (const std::string& name : names) report.labels[name] = 0;
  std::vector<int64_t> counts(names.size(), 0);
  for (int64_t row = 0; row < table.size(); ++row) {
    if (table.class_id(row) >= 0) ++counts[static_cast<size_t>(table.class_id(row))];
    const auto targets = table.targets(row);
    for (size_t i = 0; i < targets.size(); ++i) counts[i] += targets[i] > 0.5F ? 1 : 0;
  }
  for (size_t i = 0; i < names.size(); ++i) report.labels[names[i]] = counts[i];
}

void add_numbers(const EncodedTable& table, SplitReport& report) {
  report.is_regression = true;
  if (table.size() == 0) return;
  report.target_min = std::numeric_limits<double>::infinity();
  report.target_max = -report.target_min;
  double sum = 0.0;
  for (int64_t row = 0; row < table.size(); ++row) {
    const double target = table.targets(row)[0];
    report.target_min = std::min(report.target_min, target);
    report.target_max = std::max(report.target_max, target);
    sum += target;
  }
  report.target_mean = sum / static_cast<double>(table.size());
}

/// (text hash, row), sorted: rows of one text stand together, the first one in front.
std::vector<std::pair<uint64_t, int64_t>> rows_by_text(const EncodedTable& table) {
  std::vector<std::pair<uint64_t, int64_t>> rows;
  rows.reserve(static_cast<size_t>(table.size()));
  for (int64_t row = 0; row < table.size(); ++row) rows.emplace_back(table.text_hash(row), row);
  std::sort(rows.begin(), rows.end());
  return rows;
}

void add_target_texts(const EncodedTable& table, SplitReport& report) {
  if (!table.has_label_ids()) return;
  std::vector<int64_t> lengths;
  lengths.reserve(static_cast<size_t>(table.size()));
  for (int64_t row = 0; row < table.size(); ++row) {
    lengths.push_back(static_cast<int64_t>(table.label_ids(row).size()));
    report.target_tokens += lengths.back();
  }
  report.target_lengths = summarize(std::move(lengths));
}

bool has_same_label(const EncodedTable& table, int64_t a, int64_t b) {
  return table.class_id(a) == table.class_id(b) &&
         std::ranges::equal(table.targets(a), table.targets(b)) &&
         std::ranges::equal(table.label_ids(a), table.label_ids(b));
}

void add_duplicates(const EncodedTable& table, SplitReport& report) {
  const auto rows = rows_by_text(table);
  size_t first = 0;
  for (size_t i = 1; i < rows.size(); ++i) {
    if (rows[i].first != rows[first].first) {
      first = i;
      continue;
    }
    ++report.duplicate_rows;
    if (!has_same_label(table, rows[first].second, rows[i].second)) ++report.conflicting_rows;
  }
}

}  // namespace

SplitReport report_split(const EncodedTable& table, const SplitContext& context) {
  SplitReport report;
  report.file = context.file;
  report.rows_kept = table.size();
  report.rows_read = report.rows_kept;
  report.rows_bad = context.notes.rows_bad;
  report.blank_lines = context.notes.blank_lines;
  for (const auto& [reason, count] : report.rows_bad) report.rows_read += count;
  report.rows_dropped = context.notes.rows_dropped;
  for (const auto& [reason, count] : report.rows_dropped) report.rows_read += count;
  add_tokens(table, context.unknown_id, report);
  add_target_texts(table, report);
  add_duplicates(table, report);
  if (context.target_kind == TargetKind::kRegression && table.num_targets() > 0) {
    add_numbers(table, report);
  } else {
    add_class_labels(table, context.label_names, report);
  }
  return report;
}

int64_t count_overlap(const EncodedTable& first, const EncodedTable& second) {
  const auto known = rows_by_text(first);
  int64_t count = 0;
  for (const auto& [hash, row] : rows_by_text(second)) {
    const auto found = std::lower_bound(known.begin(), known.end(), std::pair{hash, int64_t{0}});
    if (found != known.end() && found->first == hash) ++count;
  }
  return count;
}

}  // namespace finetune::data
