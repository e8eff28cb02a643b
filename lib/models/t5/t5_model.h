#pragma once

#include <torch/nn/module.h>

#include <memory>
#include <nlohmann/json_fwd.hpp>

#include "models/seq2seq_model.h"
#include "models/t5/t5_config.h"
#include "nn/transformer_stack.h"

namespace finetune::models {

/// Hugging Face's T5ForConditionalGeneration, Raffel et al. 2020, arXiv:1910.10683, and mT5: norms
/// (RMS) before the sublayers, no biases, unscaled scores with a bias by distance that all layers
/// of a stack share. A head tied to the embeddings reads states times d_model^-0.5.
///
/// Parameters: words [V, D], encoder, decoder, head [V, D] where it is not tied.
class T5Model final : public Seq2SeqModel {
 public:
  explicit T5Model(const T5Config& config);

  torch::nn::Module& module() override { return *root_; }
  NameTable names() const override;
  nlohmann::json config() const override;
  int64_t vocab_size() const override { return config_.vocab_size; }
  int64_t max_length() const override;  ///< no limit but memory

  EncodedSource encode(const nn::TokenBatch& source, const nn::Pass& pass) override;
  at::Tensor decode(const nn::TokenBatch& target, const EncodedSource& source, const nn::Pass& pass,
                    const at::Tensor& rows) override;
  VocabularyHead head() const override { return {head_, {}}; }
  SpecialIds special_ids() const override { return config_.ids; }
  std::unique_ptr<IncrementalDecoder> start_decoding(const EncodedSource& source) override;

 private:
  at::Tensor scaled(const at::Tensor& states) const;

  T5Config config_;
  std::shared_ptr<torch::nn::Module> root_;
  at::Tensor head_;  ///< the word embeddings where it is tied
  std::shared_ptr<nn::TransformerStack> encoder_;
  std::shared_ptr<nn::TransformerStack> decoder_;
};

std::unique_ptr<Seq2SeqModel> make_t5_model(const nlohmann::json& config,
                                            const GeneratorOptions& options);

}  // namespace finetune::models
