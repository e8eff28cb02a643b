#include "report/model_card.h"

#include <cmath>

#include "base/strings.h"
#include "report/chart.h"
#include "report/escape.h"

namespace finetune::report {
namespace {

std::string yaml_line(const std::string& key, const std::string& value) {
  return value.empty() ? "" : key + ": " + quote_yaml(value) + "\n";
}

std::string yaml_list(const std::string& key, const std::vector<std::string>& values) {
  if (values.empty()) return "";
  std::string out = key + ":\n";
  for (const std::string& value : values) out += "- " + quote_yaml(value) + "\n";
  return out;
}

bool is_shown(const std::optional<double>& value) { return value && std::isfinite(*value); }

std::string metric_entries(const ModelCardResult& result) {
  std::string out;
  for (const auto& [name, value] : result.values) {
    if (!is_shown(value)) continue;
    out += "    - type: " + quote_yaml(name) + "\n      value: " + base::to_text(*value) +
           "\n      name: " + quote_yaml(name) + "\n";
  }
  return out;
}

/// The form the Hub checks: every result needs a task, a data set and at least one metric.
std::string model_index(const ModelCard& card) {
  std::string results;
  for (const ModelCardResult& result : card.results) {
    const std::string entries = metric_entries(result);
    if (entries.empty() || card.pipeline_tag.empty() || card.dataset_name.empty()) continue;
    results += "  - task:\n      type: " + quote_yaml(card.pipeline_tag) +
               "\n      name: " + quote_yaml(card.task_name) +
               "\n    dataset:\n      type: " + quote_yaml(card.dataset_name) +
               "\n      name: " + quote_yaml(card.dataset_name) +
               "\n      split: " + quote_yaml(result.split) + "\n    metrics:\n" + entries;
  }
  if (results.empty()) return "";
  return "model-index:\n- name: " + quote_yaml(card.model_name) + "\n  results:\n" + results;
}

std::string front_matter(const ModelCard& card) {
  return "---\nlibrary_name: transformers\n" + yaml_line("license", card.license) +
         yaml_list("language", card.languages) + yaml_line("base_model", card.base_model) +
         "tags:\n- generated_from_trainer\n" + yaml_line("pipeline_tag", card.pipeline_tag) +
         model_index(card) + "---\n";
}

std::string results_table(const ModelCard& card) {
  std::string rows;
  for (const ModelCardResult& result : card.results) {
    for (const auto& [name, value] : result.values) {
      if (!is_shown(value)) continue;
      rows += "| " + escape_markdown(result.split) + " | " + escape_markdown(name) + " | " +
              short_number(*value) + " |\n";
    }
  }
  if (rows.empty()) return "";
  return "\n## Results\n\n| split | metric | value |\n|---|---|---|\n" + rows;
}

std::string labels_list(const ModelCard& card) {
  if (card.labels.empty()) return "";
  std::string out = "\n## Labels\n\n";
  for (size_t k = 0; k < card.labels.size(); ++k) {
    out += base::cat("- ", k, ": ") + escape_markdown(card.labels[k]) + "\n";
  }
  return out;
}

std::string settings_table(const ModelCard& card) {
  if (card.settings.empty()) return "";
  std::string out = "\n## Training\n\n| setting | value |\n|---|---|\n";
  for (const auto& [key, value] : card.settings) {
    out += "| " + escape_markdown(key) + " | " + escape_markdown(value) + " |\n";
  }
  return out;
}

}  // namespace

std::string render_model_card(const ModelCard& card) {
  std::string out = front_matter(card) + "\n# " + escape_markdown(card.model_name) + "\n\n";
  if (!card.base_model.empty()) {
    out += "Fine-tuned from " + escape_markdown(card.base_model);
    if (!card.dataset_name.empty()) out += " on " + escape_markdown(card.dataset_name);
    out += ".\n";
  }
  out += results_table(card) + labels_list(card) + settings_table(card);
  return out + "\nMade with finetune " + escape_markdown(card.version) + ".\n";
}

}  // namespace finetune::report
