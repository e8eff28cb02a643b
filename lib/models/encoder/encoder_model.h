#pragma once

#include <ATen/core/Tensor.h>
#include <torch/nn/module.h>

#include <memory>
#include <nlohmann/json_fwd.hpp>

#include "models/encoder/encoder_family.h"
#include "models/model.h"
#include "nn/sequence_head.h"
#include "nn/transformer_stack.h"

namespace finetune::models {

/// An encoder of the family without a head, Devlin et al. 2019, arXiv:1810.04805.
nn::TransformerStackOptions encoder_stack_options(const EncoderConfig& config);

/// A sequence classifier whose head reads the first token's state.
class EncoderClassifier final : public SequenceClassifier {
 public:
  /// Throws CheckpointError for a config.json that cannot be built. `family` must outlive it.
  EncoderClassifier(const EncoderFamily& family, const nlohmann::json& source,
                    const HeadOptions& head);

  at::Tensor logits(const nn::TokenBatch& batch, const nn::Pass& pass) override;
  torch::nn::Module& module() override { return *root_; }
  NameTable names() const override { return encoder_names(family_.names, config_); }
  nlohmann::json config() const override;
  int64_t vocab_size() const override { return config_.vocab_size; }
  int64_t max_length() const override { return config_.max_length(); }
  int64_t num_segments() const override { return config_.type_vocab_size; }

  const nn::TransformerStack& encoder() const { return *encoder_; }

 private:
  const EncoderFamily& family_;
  EncoderConfig config_;
  std::shared_ptr<torch::nn::Module> root_;
  std::shared_ptr<nn::TransformerStack> encoder_;
  std::shared_ptr<nn::SequenceHead> head_;
};

}  // namespace finetune::models
