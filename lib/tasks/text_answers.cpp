#include "tasks/text_answers.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <span>
#include <utility>

#include "base/strings.h"
#include "metrics/significance.h"

namespace finetune::tasks {

using nlohmann::json;

namespace {

/// The longest texts, in tokens, of the groups that scores are given for; one more is open.
constexpr std::array<int64_t, 6> kGroupEnds = {10, 20, 30, 40, 60, 100};

size_t group_of(int64_t length) {
  return static_cast<size_t>(std::ranges::lower_bound(kGroupEnds, length) - kGroupEnds.begin());
}

std::vector<metrics::LengthGroup> empty_groups() {
  std::vector<metrics::LengthGroup> groups;
  int64_t least = 1;
  for (const int64_t most : kGroupEnds) {
    groups.push_back({least, most, 0, {}});
    least = most + 1;
  }
  groups.push_back({least, std::nullopt, 0, {}});
  return groups;
}

}  // namespace

TextAnswers::TextAnswers(const text::Tokenizer& tokenizer, TextAnswersOptions options)
    : tokenizer_(tokenizer),
      options_(std::move(options)),
      written_(static_cast<size_t>(options_.num_rows)),
      references_(static_cast<size_t>(options_.num_rows)) {}

void TextAnswers::set(int64_t row, const decode::Hypotheses& hypotheses) {
  auto& texts = written_.at(static_cast<size_t>(row));
  texts.clear();
  for (const decode::Hypothesis& hypothesis : hypotheses) {
    texts.push_back(
        {tokenizer_.decode(hypothesis.token_ids, /*skip_special_tokens=*/true), hypothesis.score});
  }
}

void TextAnswers::set_reference(int64_t row, std::string reference) {
  references_.at(static_cast<size_t>(row)) = std::move(reference);
}

json TextAnswers::to_json(int64_t row) const {
  const auto& texts = written_.at(static_cast<size_t>(row));
  json answer = {{options_.key, texts.at(0).text}, {"score", texts.at(0).score}};
  if (options_.lists_all) {
    answer["n_best"] = json::array();
    for (const Written& written : texts)
      answer["n_best"].push_back({{"text", written.text}, {"score", written.score}});
  }
  return answer;
}

std::string TextAnswers::to_text(int64_t row) const {
  std::string line = text(row);
  std::ranges::replace(line, '\n', ' ');
  std::ranges::replace(line, '\r', ' ');
  return line;
}

json TextAnswers::expected_json(const data::Example& example) const {
  return example.target.empty() ? json(nullptr) : json(example.target);
}

void TextAnswers::meet(int64_t row, const data::Example& example) {
  if (!example.target.empty()) set_reference(row, std::string(base::trim(example.target)));
}

const std::string& TextAnswers::text(int64_t row) const {
  return written_.at(static_cast<size_t>(row)).at(0).text;
}

const std::optional<std::string>& TextAnswers::reference(int64_t row) const {
  return references_.at(static_cast<size_t>(row));
}

bool TextAnswers::has_references() const {
  return std::ranges::any_of(references_, [](const auto& text) { return text.has_value(); });
}

metrics::Values TextAnswers::values() const {
  metrics::Values values;
  if (!has_references()) return values;
  for (const std::string& name : options_.metrics) {
    const auto metric = metrics::make_text_metric(name, options_.metric_options);
    metrics::CorpusScore corpus(*metric);
    for (int64_t row = 0; row < options_.num_rows; ++row) {
      if (reference(row)) corpus.add(text(row), std::span(&*reference(row), 1));
    }
    values.merge(corpus.values());
  }
  return values;
}

metrics::SplitResult TextAnswers::judge(const data::EncodedDataset& dataset) const {
  metrics::SplitResult result;
  result.num_examples = dataset.size();
  if (!has_references()) return result;
  result.by_length = empty_groups();
  for (int64_t row = 0; row < options_.num_rows; ++row) {
    if (reference(row)) ++result.by_length[group_of(dataset.length(row))].num_examples;
  }
  for (const std::string& name : options_.metrics)
    judge_by(*metrics::make_text_metric(name, options_.metric_options), dataset, result);
  std::erase_if(result.by_length,
                [](const metrics::LengthGroup& group) { return group.num_examples == 0; });
  return result;
}

/// Adds the interval of a metric, its signature, and its values by length.
void TextAnswers::judge_by(const metrics::TextMetric& metric, const data::EncodedDataset& dataset,
                           metrics::SplitResult& result) const {
  metrics::SentenceTable table(metric.num_statistics());
  metrics::CorpusScore whole(metric);
  std::vector<metrics::CorpusScore> groups(result.by_length.size(), metrics::CorpusScore(metric));
  for (int64_t row = 0; row < options_.num_rows; ++row) {
    if (!reference(row)) continue;
    const auto statistics = metric.statistics(text(row), std::span(&*reference(row), 1));
    table.add(statistics);
    whole.add(statistics, 1);
    groups[group_of(dataset.length(row))].add(statistics, 1);
  }
  const metrics::ResampleOptions resampling;
  const metrics::BootstrapScore interval = metrics::bootstrap_score(metric, table, resampling);
  result.intervals[metric.name()] = {interval.low, interval.high};
  result.notes[metric.name()] = {
      metrics::signature(whole, {resampling.num_samples, {}, resampling.seed}),
      metric.details(whole.sums())};
  for (size_t i = 0; i < groups.size(); ++i)
    result.by_length[i].values[metric.name()] = groups[i].value();
}

}  // namespace finetune::tasks
