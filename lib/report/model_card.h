#pragma once

#include <string>
#include <utility>
#include <vector>

#include "metrics/metric.h"

namespace finetune::report {

struct ModelCardResult {
  std::string split;
  metrics::Values values;
};

/// What the model card of an export says. Empty strings and lists are left out.
struct ModelCard {
  std::string model_name;
  std::string base_model;  ///< name of the checkpoint it was fine-tuned from
  std::string license;     ///< as the Hub spells it: "apache-2.0"
  std::vector<std::string> languages;
  std::string pipeline_tag;  ///< "text-classification", ...
  std::string task_name;     ///< for people: "Text classification"
  std::string dataset_name;
  std::vector<std::string> labels;  ///< by class id
  std::vector<ModelCardResult> results;
  std::vector<std::pair<std::string, std::string>> settings;  ///< of the training, by key
  std::string version;                                        ///< of finetune
};

/// README.md of an exported model: YAML front matter that the Hugging Face Hub reads (library_name,
/// base_model, pipeline_tag, model-index with the results), then the same for people. All foreign
/// text is escaped.
std::string render_model_card(const ModelCard& card);

}  // namespace finetune::report
