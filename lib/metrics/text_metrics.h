#pragma once

#include <memory>

#include "metrics/bleu.h"
#include "metrics/chrf.h"
#include "metrics/exact_match.h"
#include "metrics/rouge.h"
#include "metrics/ter.h"

namespace finetune::metrics {

/// The options of every metric of generated text; each metric takes its own.
struct TextMetricOptions {
  BleuOptions bleu;
  ChrfOptions chrf;
  TerOptions ter;
  bool rouge_stemmer = false;
  ExactMatchOptions exact_match;
};

/// "bleu", "chrf", "chrf++", "ter", "rouge1", "rouge2", "rougeL", "rougeLsum", "exact_match".
const std::vector<std::string>& text_metric_names();

/// The metric of that name ("chrf++" is chrF with word_order 2). Throws ConfigError for another
/// name, and what the metric throws for its options.
std::unique_ptr<TextMetric> make_text_metric(std::string_view name,
                                             const TextMetricOptions& options = {});

}  // namespace finetune::metrics
