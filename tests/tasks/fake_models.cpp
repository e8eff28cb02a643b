#include "tasks/fake_models.h"

#include <nlohmann/json.hpp>

namespace finetune::test {

nlohmann::json TableModel::config() const { return {}; }

nlohmann::json TableSeq2Seq::config() const { return {}; }

}  // namespace finetune::test
