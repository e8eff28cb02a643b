#pragma once

#include <ATen/core/Tensor.h>
#include <torch/nn/module.h>

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "models/bert/bert_config.h"
#include "models/model.h"
#include "nn/embeddings.h"
#include "nn/sequence_head.h"
#include "nn/transformer_block.h"

namespace finetune::models {

/// BERT without a head, Devlin et al. 2019, arXiv:1810.04805.
///
/// Parameters: embeddings, layer_0, layer_1, ...
class BertEncoder : public torch::nn::Module {
 public:
  BertEncoder(const BertConfig& config, nn::DropoutPlaces& places);

  /// What the first layer reads. -> [N, D]
  at::Tensor embed(const nn::TokenBatch& batch, const nn::Pass& pass) const;

  /// The last hidden states, [N, D]; with `rows` (int64 [R]) only those, [R, D].
  at::Tensor forward(const nn::TokenBatch& batch, const nn::Pass& pass,
                     const at::Tensor& rows = {}) const;

 private:
  std::shared_ptr<nn::Embeddings> embeddings_;
  std::vector<std::shared_ptr<nn::TransformerBlock>> layers_;
};

/// Hugging Face's BertForSequenceClassification: the head reads the first token's state.
class BertClassifier final : public SequenceClassifier {
 public:
  explicit BertClassifier(const BertConfig& config);

  at::Tensor logits(const nn::TokenBatch& batch, const nn::Pass& pass) override;
  torch::nn::Module& module() override { return *root_; }
  NameTable names() const override;
  nlohmann::json config() const override;
  int64_t vocab_size() const override { return config_.vocab_size; }
  int64_t max_length() const override { return config_.max_position_embeddings; }
  int64_t num_segments() const override { return config_.type_vocab_size; }

  const BertEncoder& encoder() const { return *encoder_; }

 private:
  BertConfig config_;
  std::shared_ptr<torch::nn::Module> root_;
  std::shared_ptr<BertEncoder> encoder_;
  std::shared_ptr<nn::SequenceHead> head_;
};

std::unique_ptr<SequenceClassifier> make_bert_classifier(const nlohmann::json& config,
                                                         const HeadOptions& head);

}  // namespace finetune::models
