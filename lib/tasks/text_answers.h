#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "decode/generator.h"
#include "metrics/text_metrics.h"
#include "tasks/task.h"
#include "text/tokenizer.h"

namespace finetune::tasks {

struct TextAnswersOptions {
  int64_t num_rows = 0;
  std::string key = "text";  ///< of the text in JSON
  std::vector<std::string> metrics{};
  metrics::TextMetricOptions metric_options{};
  bool lists_all = false;  ///< JSON lists every text that was written for a row
};

/// Written texts with their scores, and the references that they are judged by: those of the data
/// as they stand in its file where they were met, else the decoded target tokens.
class TextAnswers final : public Answers {
 public:
  /// `tokenizer` must live as long.
  TextAnswers(const text::Tokenizer& tokenizer, TextAnswersOptions options);

  void set(int64_t row, const decode::Hypotheses& hypotheses);
  void set_reference(int64_t row, std::string reference);

  /// {"translation": "...", "score": -3.1}; where all are listed also
  /// "n_best": [{"text", "score"}, ...], best first.
  nlohmann::json to_json(int64_t row) const override;
  std::string to_text(int64_t row) const override;  ///< line ends are shown as spaces
  nlohmann::json expected_json(const data::Example& example) const override;

  bool needs_examples() const override { return !options_.metrics.empty(); }
  void meet(int64_t row, const data::Example& example) override;
  metrics::Values values() const override;  ///< none where no row has a reference
  metrics::SplitResult judge(const data::EncodedDataset& dataset) const override;

  const std::string& text(int64_t row) const;
  const std::optional<std::string>& reference(int64_t row) const;

 private:
  struct Written {
    std::string text;
    double score = 0.0;
  };
  bool has_references() const;
  void judge_by(const metrics::TextMetric& metric, const data::EncodedDataset& dataset,
                metrics::SplitResult& result) const;

  const text::Tokenizer& tokenizer_;
  TextAnswersOptions options_;
  std::vector<std::vector<Written>> written_;           ///< by row, best first
  std::vector<std::optional<std::string>> references_;  ///< by row
};

}  // namespace finetune::tasks
