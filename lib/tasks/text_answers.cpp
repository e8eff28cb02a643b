#include "tasks/text_answers.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <span>
#include <utility>

#include "base/strings.h"
#include "metrics/significance.h"

namespace finetune::tasks {

using nlohmann::json;

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
  const auto one = [&](const Written& written) {
    return json{{options_.key, written.text}, {"score", written.score}};
  };
  json answer = one(texts.at(0));
  if (texts.size() > 1) {
    answer["n_best"] = json::array();
    for (const Written& written : texts) answer["n_best"].push_back(one(written));
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
  for (const std::string& name : options_.metrics) {
    const auto metric = metrics::make_text_metric(name, options_.metric_options);
    metrics::SentenceTable table(metric->num_statistics());
    for (int64_t row = 0; row < options_.num_rows; ++row) {
      if (reference(row)) table.add(metric->statistics(text(row), std::span(&*reference(row), 1)));
    }
    const metrics::BootstrapScore interval = metrics::bootstrap_score(*metric, table, {});
    result.intervals[name] = {interval.low, interval.high};
  }
  return result;
}

}  // namespace finetune::tasks
