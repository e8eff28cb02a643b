#pragma once

#include "models/name_table.h"
#include "models/t5/t5_config.h"

namespace finetune::models {

/// Our parameters of a T5 <-> the tensors of Hugging Face's T5ForConditionalGeneration.
NameTable t5_names(const T5Config& config);

}  // namespace finetune::models
