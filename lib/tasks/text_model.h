#pragma once

#include <nlohmann/json_fwd.hpp>

#include "tasks/task_type.h"

/// Models that write text, as tasks build them.
namespace finetune::tasks {

BuiltModel build_language_model(const ModelSource& source);
BuiltModel build_seq2seq_model(const ModelSource& source);

ModelLimits limits_of_language_model(const nlohmann::json& model_config);
ModelLimits limits_of_seq2seq_model(const nlohmann::json& model_config);

/// True when 'architectures' names a model whose name ends in one of these.
bool has_architecture(const nlohmann::json& model_config,
                      std::initializer_list<const char*> endings);

}  // namespace finetune::tasks
