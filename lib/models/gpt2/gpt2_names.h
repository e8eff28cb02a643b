#pragma once

#include "models/gpt2/gpt2_config.h"
#include "models/name_table.h"

namespace finetune::models {

/// Our parameters <-> the tensors of Hugging Face's GPT-2, without a head. Its "Conv1D" weights are
/// ours transposed.
NameTable gpt2_names(const Gpt2Config& config);

/// The table of the language model: a head of its own where the embeddings are not tied.
NameTable gpt2_language_names(const Gpt2Config& config);

/// The table of the sequence classifier.
NameTable gpt2_classifier_names(const Gpt2Config& config);

}  // namespace finetune::models
