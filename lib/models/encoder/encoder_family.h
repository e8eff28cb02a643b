#pragma once

#include <optional>

#include "kernels/activation.h"
#include "models/encoder/encoder_config.h"
#include "models/encoder/encoder_names.h"

namespace finetune::models {

/// A family of encoders like BERT: all that tells it from the others.
struct EncoderFamily {
  EncoderConfigTable config;
  EncoderSpelling names;
  kernels::Activation pooling = kernels::Activation::kTanh;  ///< between the layers of the head
  bool drops_head_input = false;  ///< dropout before the head's first layer, too
  /// In the head over the vocabulary; hidden_act where absent.
  std::optional<kernels::Activation> token_head_activation;
};

}  // namespace finetune::models
