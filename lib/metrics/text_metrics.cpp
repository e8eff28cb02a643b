#include "metrics/text_metrics.h"

#include <algorithm>

#include "base/error.h"
#include "base/strings.h"

namespace finetune::metrics {
namespace {

constexpr std::string_view kRouge = "rouge";

RougeKind rouge_kind(std::string_view name) {
  const std::string_view kind = name.substr(kRouge.size());
  if (kind == "1") return RougeKind::k1;
  if (kind == "2") return RougeKind::k2;
  return kind == "L" ? RougeKind::kL : RougeKind::kLsum;
}

}  // namespace

const std::vector<std::string>& text_metric_names() {
  static const std::vector<std::string> names = {
      "bleu", "chrf", "chrf++", "ter", "rouge1", "rouge2", "rougeL", "rougeLsum", "exact_match"};
  return names;
}

std::unique_ptr<TextMetric> make_text_metric(std::string_view name,
                                             const TextMetricOptions& options) {
  const auto& names = text_metric_names();
  if (std::ranges::find(names, name) == names.end()) {
    const auto near = base::nearest(name, names);
    throw ConfigError(base::cat("unknown metric ", base::quote(name),
                                near ? "; did you mean " + *near + "?" : ".",
                                " Metrics: ", base::join(names, ", ")));
  }
  if (name == "bleu") return std::make_unique<Bleu>(options.bleu);
  if (name == "ter") return std::make_unique<Ter>(options.ter);
  if (name == "exact_match") return std::make_unique<ExactMatch>(options.exact_match);
  if (name.starts_with(kRouge)) {
    return std::make_unique<Rouge>(RougeOptions{rouge_kind(name), options.rouge_stemmer});
  }
  ChrfOptions chrf = options.chrf;
  if (name == "chrf++") chrf.word_order = 2;
  return std::make_unique<Chrf>(chrf);
}

}  // namespace finetune::metrics
