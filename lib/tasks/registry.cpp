#include "tasks/registry.h"

#include "base/error.h"
#include "base/strings.h"
#include "tasks/classification_type.h"
#include "tasks/language_modeling_type.h"
#include "tasks/translation_type.h"

namespace finetune::tasks {

std::vector<std::unique_ptr<TaskType>> all_task_types() {
  std::vector<std::unique_ptr<TaskType>> types;
  types.push_back(std::make_unique<ClassificationType>());
  types.push_back(std::make_unique<TranslationType>(TranslationType::Kind::kTranslation));
  types.push_back(std::make_unique<TranslationType>(TranslationType::Kind::kSummarization));
  types.push_back(std::make_unique<LanguageModelingType>());
  return types;
}

std::vector<std::string> task_names() {
  std::vector<std::string> names;
  for (const auto& type : all_task_types()) names.emplace_back(type->name());
  return names;
}

std::unique_ptr<TaskType> task_type(std::string_view name) {
  for (auto& type : all_task_types()) {
    if (type->name() == name) return std::move(type);
  }
  throw ConfigError(base::cat("task.type is ", base::quote(name), "; expected one of ",
                              base::join(task_names(), ", ")));
}

std::unique_ptr<TaskType> task_type_of(const nlohmann::json& model_config) {
  auto types = all_task_types();
  for (auto& type : types) {
    if (type->has_trained(model_config)) return std::move(type);
  }
  return std::move(types.front());
}

}  // namespace finetune::tasks
