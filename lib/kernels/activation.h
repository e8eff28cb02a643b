#pragma once

namespace finetune::kernels {

enum class Activation {
  kGelu,      ///< x * Phi(x), exact (erf): BERT's "gelu"
  kGeluTanh,  ///< its tanh form: GPT-2's "gelu_new"
  kRelu,
  kSilu,  ///< x / (1 + e^-x): "silu", Marian's "swish"
  kTanh,
};

}  // namespace finetune::kernels
