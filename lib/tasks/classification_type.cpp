#include "tasks/classification_type.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "base/error.h"
#include "base/json.h"
#include "base/strings.h"
#include "config/fields.h"
#include "metrics/classification.h"
#include "metrics/regression.h"
#include "models/registry.h"
#include "tasks/label_head.h"

namespace finetune::tasks {

using nlohmann::json;

namespace {

constexpr const char* kArchitectureEnding = "ForSequenceClassification";

/// The names of id2label by their ids, as far as they run from 0 without a hole.
std::vector<std::optional<std::string>> stored_names(const json& id2label) {
  std::vector<std::optional<std::string>> names;
  for (size_t id = 0; id < id2label.size(); ++id) {
    const auto found = id2label.find(std::to_string(id));
    const bool is_named = found != id2label.end() && found->is_string();
    names.push_back(is_named ? std::optional(found->get<std::string>()) : std::nullopt);
  }
  return names;
}

/// The names of all labels of a model; nothing where it does not tell them.
std::optional<std::vector<std::string>> all_names(const json& model_config) {
  std::vector<std::string> names;
  for (const auto& name : stored_names(model_config.value("id2label", json::object()))) {
    if (!name) return std::nullopt;
    names.push_back(*name);
  }
  return names.empty() ? std::nullopt : std::optional(names);
}

/// Label names in id order, from id2label of a config.json; LABEL_0 and LABEL_1 where it has none.
std::vector<std::string> label_names(const json& model_config, const std::string& file) {
  const json id2label = model_config.value("id2label", json::object());
  if (!id2label.is_object()) throw CheckpointError(file + ": key 'id2label' should be an object");
  if (id2label.empty()) return {"LABEL_0", "LABEL_1"};
  std::vector<std::string> names;
  for (const auto& name : stored_names(id2label)) {
    if (!name) {
      throw CheckpointError(base::cat(file, ": 'id2label' has no name for id ", names.size(),
                                      "; ids should run from 0 to ", id2label.size() - 1));
    }
    names.push_back(*name);
  }
  return names;
}

/// The problem a config.json names; Hugging Face's default where it names none.
Problem problem_of(const json& model_config, size_t num_labels, const std::string& file) {
  const json name = model_config.value("problem_type", json());
  if (name.is_null()) return num_labels == 1 ? Problem::kRegression : Problem::kSingleLabel;
  for (const auto problem : {Problem::kSingleLabel, Problem::kMultiLabel, Problem::kRegression}) {
    if (name == hugging_face_name_of(problem)) return problem;
  }
  throw CheckpointError(file + ": unknown problem_type " + base::quote(base::dump_json(name)));
}

}  // namespace

std::unique_ptr<TaskType> ClassificationType::clone() const {
  return std::make_unique<ClassificationType>(*this);
}

void ClassificationType::describe(config::Fields& fields) {
  fields.add("problem", problem_name_,
             {.doc = "One class per text, any number of classes, or a number.",
              .choices = {"single_label", "multi_label", "regression"}});
  fields.add("labels", given_labels_,
             {.doc = "The classes in the order of their ids; not set: those of the training data, "
                     "sorted.",
              .example = "[\"negative\", \"positive\"]"});
}

std::vector<KeyProblem> ClassificationType::problems() const {
  if (!given_labels_) return {};
  const std::vector<std::string> keys = {"labels", "problem"};
  if (problem_name_ == "regression") return {{keys, "a regression has no classes: leave it out"}};
  if (problem_name_ == "single_label" && given_labels_->size() < 2)
    return {{keys, "one class leaves nothing to learn"}};
  return {};
}

data::TargetKind ClassificationType::target_kind() const {
  switch (problem()) {
    case Problem::kSingleLabel:
      return data::TargetKind::kSingleLabel;
    case Problem::kMultiLabel:
      return data::TargetKind::kMultiLabel;
    case Problem::kRegression:
      return data::TargetKind::kRegression;
  }
  throw InternalError("unknown problem type");
}

/// The given labels, or the names of a model that was trained before, in its order, if they are the
/// ones the data has.
std::optional<std::vector<std::string>> ClassificationType::label_order(
    const json& model_config, const data::LabelMap& learned) const {
  if (given_labels_) return given_labels_;
  const auto names = all_names(model_config);
  if (!names) return std::nullopt;
  const bool is_same_set = std::set<std::string>(names->begin(), names->end()) ==
                           std::set<std::string>(learned.names().begin(), learned.names().end());
  return is_same_set ? names : std::nullopt;
}

std::vector<std::string> ClassificationType::metric_names(const data::LabelMap& labels) const {
  const int64_t count = known_num_labels(labels).value_or(2);  // two classes have every metric
  metrics::Values values;
  if (problem() == Problem::kRegression) {
    values = metrics::RegressionMetrics().values();
  } else if (problem() == Problem::kMultiLabel) {
    values = metrics::MultiLabelMetrics(count).values();
  } else {
    values = metrics::SingleLabelMetrics(count).values();
  }
  std::vector<std::string> names = {"loss"};
  for (const auto& [name, value] : values) names.push_back(name);
  return names;
}

std::string ClassificationType::description(const data::LabelMap& labels) const {
  const std::string task = base::cat("a ", problem_name_, " task");
  const auto count = known_num_labels(labels);
  return count ? base::cat(task, " with ", *count, *count == 1 ? " label" : " labels") : task;
}

ModelLimits ClassificationType::limits(const json& model_config) const {
  const auto model = models::construct_sequence_classifier(model_config, {});
  return {model->max_length(), 0, std::nullopt, std::nullopt};
}

BuiltModel ClassificationType::build_model(const ModelSource& source,
                                           const data::LabelMap& labels) const {
  const models::HeadOptions head{num_labels(labels), source.dropout, source.classifier_dropout};
  if (!source.folder)
    return {models::build_sequence_classifier(source.config, head, source.seed), {}};
  auto loaded = models::load_sequence_classifier(*source.folder, head, source.seed, source.load);
  const auto trained = all_names(source.config);
  if (trained && labels.size() > 0) fit_label_head(loaded, *trained, labels.names());
  return {std::move(loaded.model), std::move(loaded.report)};
}

std::unique_ptr<Task> ClassificationType::bind(const TaskParts& parts) const {
  return std::make_unique<ClassificationTask>(
      dynamic_cast<models::SequenceClassifier&>(parts.model), problem(), num_labels(parts.labels),
      parts.labels);
}

bool ClassificationType::has_trained(const json& model_config) const {
  const json names = model_config.value("architectures", json::array());
  return std::ranges::any_of(names, [](const json& name) {
    return name.is_string() && name.get_ref<const std::string&>().ends_with(kArchitectureEnding);
  });
}

data::LabelMap ClassificationType::adopt(const json& model_config, const std::string& file) {
  std::vector<std::string> names = label_names(model_config, file);
  problem_name_ = name_of(problem_of(model_config, names.size(), file));
  num_values_ = static_cast<int64_t>(names.size());
  if (problem() == Problem::kRegression) return {};
  try {
    return data::LabelMap(std::move(names));
  } catch (const ConfigError& error) {
    throw CheckpointError(base::cat(file, ": 'id2label': ", error.chain().front()));
  }
}

void ClassificationType::amend(json& model_config, const data::LabelMap& labels) const {
  const std::vector<std::string> names =
      labels.size() > 0 ? labels.names() : std::vector<std::string>{"LABEL_0"};
  json id2label = json::object();
  json label2id = json::object();
  for (size_t id = 0; id < names.size(); ++id) {
    id2label[std::to_string(id)] = names[id];
    label2id[names[id]] = id;
  }
  model_config["id2label"] = id2label;
  model_config["label2id"] = label2id;
  model_config["problem_type"] = std::string(hugging_face_name_of(problem()));
}

int64_t ClassificationType::num_labels(const data::LabelMap& labels) const {
  return problem() == Problem::kRegression ? num_values_ : labels.size();
}

/// Those of the data or of the config; nothing before there are any.
std::optional<int64_t> ClassificationType::known_num_labels(const data::LabelMap& labels) const {
  if (problem() == Problem::kRegression || labels.size() > 0) return num_labels(labels);
  if (given_labels_) return std::ssize(*given_labels_);
  return std::nullopt;
}

}  // namespace finetune::tasks
