#include "metrics/metric.h"

namespace finetune::metrics {
namespace {

const std::map<std::string, bool, std::less<>>& directions() {
  static const std::map<std::string, bool, std::less<>> table = {
      {"loss", false},
      {"accuracy", true},
      {"precision", true},
      {"recall", true},
      {"f1", true},
      {"macro_precision", true},
      {"macro_recall", true},
      {"macro_f1", true},
      {"micro_f1", true},
      {"weighted_f1", true},
      {"matthews_correlation", true},
      {"exact_match", true},
      {"calibration_error", false},
      {"mse", false},
      {"mae", false},
      {"pearson", true},
      {"spearmanr", true},
      {"perplexity", false},
      {"token_accuracy", true},
      {"bleu", true},
      {"chrf", true},
      {"chrf++", true},
      {"ter", false},
      {"rouge1", true},
      {"rouge2", true},
      {"rougeL", true},
      {"rougeLsum", true},
  };
  return table;
}

}  // namespace

std::optional<bool> is_greater_better(std::string_view metric) {
  const auto found = directions().find(metric);
  if (found == directions().end()) return std::nullopt;
  return found->second;
}

std::vector<std::string> metric_names() {
  std::vector<std::string> names;
  for (const auto& [name, is_greater] : directions()) names.push_back(name);
  return names;
}

}  // namespace finetune::metrics
