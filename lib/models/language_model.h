#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>

#include "models/generation.h"

namespace finetune::models {

/// A decoder that predicts each token from those before it (GPT-2).
class LanguageModel : public Model {
 public:
  /// States before the head, [N, D]; with `rows` (int64 [R], positions in the batch) only those,
  /// [R, D]. Row n predicts token n + 1 of its sequence; tokens attend inside their sequence only.
  virtual at::Tensor hidden(const nn::TokenBatch& batch, const nn::Pass& pass,
                            const at::Tensor& rows) = 0;
  virtual VocabularyHead head() const = 0;
  virtual SpecialIds special_ids() const = 0;
  virtual std::unique_ptr<IncrementalDecoder> start_decoding() = 0;
};

/// Builds a language model from a config.json, as build_sequence_classifier does.
std::unique_ptr<LanguageModel> build_language_model(const nlohmann::json& config,
                                                    const GeneratorOptions& options, uint64_t seed);

}  // namespace finetune::models
