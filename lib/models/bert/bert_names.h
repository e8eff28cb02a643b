#pragma once

#include "models/bert/bert_config.h"
#include "models/name_table.h"

namespace finetune::models {

/// Our parameters of a BERT classifier <-> the tensors of Hugging Face's
/// BertForSequenceClassification. The pooler counts as part of the head: encoders are often
/// exported without it.
NameTable bert_names(const BertConfig& config);

}  // namespace finetune::models
