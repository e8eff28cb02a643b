#include "run/run_report.h"

#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "base/strings.h"
#include "report/history.h"

namespace finetune::run {

using nlohmann::json;

namespace {

std::vector<report::Setting> settings_of(const RunConfig& config) {
  std::set<std::string> changed;
  for (const ConfigDifference& difference : differences(RunConfig{}, config))
    changed.insert(difference.key);
  std::vector<report::Setting> settings;
  const json rendered = json::parse(render(config));
  const auto add = [&](const std::string& key, const json& value) {
    settings.push_back(
        {key, value.is_string() ? value.get<std::string>() : value.dump(), !changed.contains(key)});
  };
  for (const auto& [section, value] : rendered.items()) {
    if (!value.is_object()) {
      add(section, value);
      continue;
    }
    for (const auto& [key, member] : value.items()) add(section + "." + key, member);
  }
  return settings;
}

report::Table data_summary(const data::DataReport& data) {
  report::Table table;
  table.columns = {"split",          "rows",       "tokens",  "longest",
                   "truncated rows", "duplicates", "bad rows"};
  for (const auto& [name, split] : data.splits) {
    int64_t num_bad = 0;
    for (const auto& [reason, count] : split.rows_bad) num_bad += count;
    table.rows.push_back({name, std::to_string(split.rows_kept), std::to_string(split.tokens),
                          std::to_string(split.lengths.max), std::to_string(split.truncated_rows),
                          std::to_string(split.duplicate_rows), std::to_string(num_bad)});
  }
  return table;
}

std::string verdict_of(const RunReportInput& input) {
  std::string text = base::cat(
      "The run ", input.status == "finished" ? "finished" : "ended (" + input.status + ")");
  for (const report::SplitResult& split : input.splits) {
    const auto found = split.values.find(input.config.evaluation.metric);
    if (found == split.values.end() || !found->second) continue;
    text += base::cat("; ", found->first, " ", base::to_text(*found->second), " on ", split.split,
                      " (", split.num_examples, " examples)");
  }
  return text + ".";
}

}  // namespace

std::vector<report::WrongAnswer> wrong_answers(const DataText& text, const tasks::Answers& answers,
                                               size_t max_count) {
  if (text.path == "-") return {};
  const std::vector<tasks::WrongRow> wrong = answers.wrong_rows(text.dataset, max_count);
  std::map<int64_t, std::string> texts;
  for (const tasks::WrongRow& row : wrong) texts[row.row];
  const auto visit = [&](int64_t row, const data::Example& example) {
    const auto found = texts.find(row);
    if (found == texts.end()) return;
    found->second =
        example.text_pair.empty() ? example.text : example.text + " | " + example.text_pair;
  };
  if (!wrong.empty()) data::visit_examples(text.path, text.read, text.dataset, visit);
  std::vector<report::WrongAnswer> shown;
  shown.reserve(wrong.size());
  for (const tasks::WrongRow& row : wrong) {
    shown.push_back({texts.at(row.row), row.expected, row.predicted, row.confidence,
                     text.dataset.source_line(row.row)});
  }
  return shown;
}

std::string run_report_html(const RunReportInput& input) {
  report::ReportData data;
  data.title = input.config.about.value_or(input.config.output_dir.filename().string());
  data.verdict = verdict_of(input);
  data.settings = settings_of(input.config);
  data.history = report::read_history(input.config.output_dir / "metrics.jsonl");
  data.metric = input.config.evaluation.metric;
  data.splits = input.splits;
  data.data_summary = data_summary(input.data);
  data.wrong_answers = input.wrong_answers;
  return report::render_report(data);
}

}  // namespace finetune::run
