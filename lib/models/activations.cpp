#include "models/activations.h"

#include <map>

namespace finetune::models {

kernels::Activation read_activation(HfConfig& reader, const std::string& key,
                                    const std::string& fallback) {
  using kernels::Activation;
  static const std::map<std::string, Activation> activations = {
      {"gelu", Activation::kGelu},         {"gelu_fast", Activation::kGeluTanh},
      {"gelu_new", Activation::kGeluTanh}, {"gelu_pytorch_tanh", Activation::kGeluTanh},
      {"relu", Activation::kRelu},         {"silu", Activation::kSilu},
      {"swish", Activation::kSilu},        {"tanh", Activation::kTanh}};
  std::vector<std::string> known;
  known.reserve(activations.size());
  for (const auto& [name, activation] : activations) known.push_back(name);
  return activations.at(reader.choice(key, fallback, known));
}

}  // namespace finetune::models
