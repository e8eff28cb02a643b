#pragma once

#include <ATen/core/Tensor.h>
#include <torch/nn/module.h>

#include <memory>
#include <nlohmann/json_fwd.hpp>

#include "models/gpt2/gpt2_config.h"
#include "models/language_model.h"
#include "nn/linear.h"
#include "nn/transformer_stack.h"

namespace finetune::models {

/// The layers of a GPT-2.
nn::TransformerStackOptions gpt2_stack_options(const Gpt2Config& config);

/// GPT-2 with its language model head, Radford et al. 2019; Hugging Face's GPT2LMHeadModel.
class Gpt2LanguageModel final : public LanguageModel {
 public:
  explicit Gpt2LanguageModel(const Gpt2Config& config);

  at::Tensor hidden(const nn::TokenBatch& batch, const nn::Pass& pass,
                    const at::Tensor& rows) override;
  VocabularyHead head() const override;
  SpecialIds special_ids() const override { return config_.ids; }
  std::unique_ptr<IncrementalDecoder> start_decoding() override;

  torch::nn::Module& module() override { return *root_; }
  NameTable names() const override;
  nlohmann::json config() const override;
  int64_t vocab_size() const override { return config_.vocab_size; }
  int64_t max_length() const override { return config_.n_positions; }

 private:
  Gpt2Config config_;
  std::shared_ptr<torch::nn::Module> root_;
  std::shared_ptr<nn::TransformerStack> decoder_;
  at::Tensor head_;  ///< undefined where the word embeddings are the head
};

/// Hugging Face's GPT2ForSequenceClassification: one linear layer, without a bias, over the state
/// of each sequence's last token that is not padding.
class Gpt2Classifier final : public SequenceClassifier {
 public:
  Gpt2Classifier(const Gpt2Config& config, int64_t num_labels);

  at::Tensor logits(const nn::TokenBatch& batch, const nn::Pass& pass) override;

  torch::nn::Module& module() override { return *root_; }
  NameTable names() const override;
  nlohmann::json config() const override;
  int64_t vocab_size() const override { return config_.vocab_size; }
  int64_t max_length() const override { return config_.n_positions; }
  int64_t num_segments() const override { return 0; }

 private:
  Gpt2Config config_;
  int64_t num_labels_;
  std::shared_ptr<torch::nn::Module> root_;
  std::shared_ptr<nn::TransformerStack> decoder_;
  std::shared_ptr<nn::Linear> score_;
};

std::unique_ptr<LanguageModel> make_gpt2_language_model(const nlohmann::json& config,
                                                        const GeneratorOptions& options);
/// Throws ConfigError for a dropout before the head, which GPT-2's has not.
std::unique_ptr<SequenceClassifier> make_gpt2_classifier(const nlohmann::json& config,
                                                         const HeadOptions& head);

}  // namespace finetune::models
