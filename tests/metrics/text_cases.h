#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "metrics/text_metrics.h"

namespace finetune::test {

/// tests/metrics/fixtures/text_metrics.json: what sacreBLEU, rouge-score, NLTK and numpy say about
/// random texts (make_text_metrics.py). The checks below take it, or other output of that script.
const nlohmann::json& text_fixture();

/// The metric of a row {"metric": name, "options": {sacreBLEU's argument: value, ...}}.
std::unique_ptr<metrics::TextMetric> metric_of(const nlohmann::json& row);

/// Scores, sentence scores, signatures and details of every row whose metric begins with `name`.
void check_scores(const nlohmann::json& everything, const std::string& name);

/// One corpus of such rows: hypotheses, and the references of each.
void check_corpus(const nlohmann::json& row, const std::vector<std::string>& hypotheses,
                  const std::vector<std::vector<std::string>>& references);

void check_bleu_tokenizers(const nlohmann::json& everything);
void check_tercom(const nlohmann::json& everything);
void check_unicode(const nlohmann::json& everything);
void check_stems(const nlohmann::json& everything);
void check_numpy(const nlohmann::json& everything);
void check_significance(const nlohmann::json& everything);

/// The tokens of `line`, as UTF-8.
std::vector<std::string> utf8_words(const std::u32string& line);
std::string utf8(std::u32string_view text);

/// numpy.float32 and Python agree with us to this: rounding of sums aside, to the last bit.
constexpr double kTolerance = 1e-9;

}  // namespace finetune::test
