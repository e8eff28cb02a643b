#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "tasks/task_type.h"

namespace finetune::tasks {

/// One of each type of task, with default settings, in the order of the documentation.
std::vector<std::unique_ptr<TaskType>> all_task_types();

/// The type that task.type names. Throws ConfigError for another word.
std::unique_ptr<TaskType> task_type(std::string_view name);

std::vector<std::string> task_names();

/// The type of task that a model was trained for, by its config.json; classification where that
/// does not say (whether there is a head is then seen when the weights are loaded).
std::unique_ptr<TaskType> task_type_of(const nlohmann::json& model_config);

}  // namespace finetune::tasks
