#pragma once

#include <ATen/core/Tensor.h>
#include <torch/nn/module.h>

#include <memory>
#include <nlohmann/json_fwd.hpp>

#include "models/bart/bart_config.h"
#include "models/seq2seq_model.h"
#include "nn/transformer_stack.h"

namespace finetune::models {

/// BART (Lewis et al. 2020, arXiv:1910.13461) and what differs from it by a few switches: mBART
/// (norms before the sublayers) and Marian (sinusoidal positions, no norm of the embeddings).
///
/// Parameters: shared (the word embeddings of both stacks, unless each has its own), encoder,
/// decoder, head where it is not tied. Buffer: final_logits_bias [1, V], which is not trained.
class BartModel final : public Seq2SeqModel {
 public:
  explicit BartModel(const BartConfig& config);

  EncodedSource encode(const nn::TokenBatch& source, const nn::Pass& pass) override;
  at::Tensor decode(const nn::TokenBatch& target, const EncodedSource& source, const nn::Pass& pass,
                    const at::Tensor& rows) override;
  VocabularyHead head() const override;
  SpecialIds special_ids() const override { return config_.ids; }
  std::unique_ptr<IncrementalDecoder> start_decoding(const EncodedSource& source) override;

  torch::nn::Module& module() override { return *root_; }
  NameTable names() const override;
  nlohmann::json config() const override;
  int64_t vocab_size() const override { return config_.vocab_size; }
  int64_t max_length() const override { return config_.max_position_embeddings; }

 private:
  BartConfig config_;
  std::shared_ptr<torch::nn::Module> root_;
  std::shared_ptr<nn::TransformerStack> encoder_;
  std::shared_ptr<nn::TransformerStack> decoder_;
  at::Tensor head_;  ///< undefined where the decoder's word embeddings are the head
  at::Tensor final_logits_bias_;
};

std::unique_ptr<Seq2SeqModel> make_bart_model(const nlohmann::json& config,
                                              const GeneratorOptions& options);
std::unique_ptr<Seq2SeqModel> make_mbart_model(const nlohmann::json& config,
                                               const GeneratorOptions& options);
std::unique_ptr<Seq2SeqModel> make_marian_model(const nlohmann::json& config,
                                                const GeneratorOptions& options);

}  // namespace finetune::models
