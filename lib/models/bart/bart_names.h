#pragma once

#include "models/bart/bart_config.h"
#include "models/name_table.h"

namespace finetune::models {

/// Our parameters <-> the tensors of Hugging Face's BartForConditionalGeneration and its kin.
NameTable bart_names(const BartConfig& config);

}  // namespace finetune::models
