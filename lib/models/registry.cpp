#include "models/registry.h"

#include <array>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/json.h"
#include "base/strings.h"
#include "models/bert/bert_model.h"
#include "models/hf_config.h"
#include "models/parameters.h"

namespace finetune::models {
namespace {

using nlohmann::json;

struct Family {
  const char* model_type;  ///< as config.json spells it
  std::unique_ptr<SequenceClassifier> (*make)(const json& config, const HeadOptions& head);
};

/// Every model family. A new one is one folder and one line here.
constexpr std::array kFamilies = {
    Family{"bert", &make_bert_classifier},
};

constexpr int64_t kMaxLabels = 1'000'000;

void check_dropout(const std::optional<double>& dropout, std::string_view key) {
  if (!dropout || (*dropout >= 0.0 && *dropout < 1.0)) return;
  throw ConfigError(base::cat("'", key, "' is ", *dropout, ", expected at least 0 and below 1"));
}

void check_head(const HeadOptions& head) {
  if (head.num_labels < 1 || head.num_labels > kMaxLabels) {
    throw ConfigError(
        base::cat("a classifier of ", head.num_labels, " labels, expected 1 to ", kMaxLabels));
  }
  check_dropout(head.dropout, "model.dropout");
  check_dropout(head.classifier_dropout, "model.classifier_dropout");
}

std::string known_types() {
  std::vector<std::string> types;
  types.reserve(kFamilies.size());
  for (const Family& family : kFamilies) types.push_back(base::quote(family.model_type));
  return base::join(types, ", ");
}

const Family& family_of(const json& config) {
  const auto type = config.find("model_type");
  if (type == config.end()) {
    throw CheckpointError(
        base::cat("config.json has no 'model_type'; add it (supported: ", known_types(), ")"));
  }
  for (const Family& family : kFamilies) {
    if (*type == family.model_type) return family;
  }
  throw CheckpointError(base::cat("config.json: 'model_type' is ",
                                  base::quote(base::dump_json(*type)), ", supported is ",
                                  known_types()));
}

}  // namespace

std::unique_ptr<SequenceClassifier> construct_sequence_classifier(const json& config,
                                                                  const HeadOptions& head) {
  check_head(head);
  if (!config.is_object()) throw CheckpointError("a model's config.json must hold one JSON object");
  warn_of_code(config);
  return family_of(config).make(config, head);
}

std::unique_ptr<SequenceClassifier> build_sequence_classifier(const json& config,
                                                              const HeadOptions& head,
                                                              uint64_t seed) {
  auto model = construct_sequence_classifier(config, head);
  initialize(*model, model->names().rows, seed);
  return model;
}

}  // namespace finetune::models
