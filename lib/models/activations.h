#pragma once

#include <string>

#include "kernels/activation.h"
#include "models/hf_config.h"

namespace finetune::models {

/// The activation that `key` of a config.json names, as Hugging Face spells them.
kernels::Activation read_activation(HfConfig& reader, const std::string& key,
                                    const std::string& fallback);

}  // namespace finetune::models
