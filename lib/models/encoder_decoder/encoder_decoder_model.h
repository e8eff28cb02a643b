#pragma once

#include <torch/nn/module.h>

#include <memory>
#include <nlohmann/json_fwd.hpp>

#include "models/encoder_decoder/encoder_decoder_config.h"
#include "models/seq2seq_model.h"
#include "nn/linear.h"
#include "nn/token_head.h"
#include "nn/transformer_stack.h"

namespace finetune::models {

/// Hugging Face's EncoderDecoderModel, Rothe et al. 2020, arXiv:1907.12461: a BERT-like encoder,
/// and a BERT-like decoder or a GPT-2 with cross-attention, each with its own vocabulary
/// (BERT2BERT, BERT2GPT2; BERTShare with ties_stacks).
///
/// Parameters: encoder, decoder, token_head of a BERT-like decoder, source_projection where the
/// widths differ, pooler: the encoder's, which nothing reads and no step changes.
class EncoderDecoderModel final : public Seq2SeqModel {
 public:
  explicit EncoderDecoderModel(const EncoderDecoderConfig& config);

  torch::nn::Module& module() override { return *root_; }
  NameTable names() const override;
  nlohmann::json config() const override;
  int64_t vocab_size() const override { return config_.encoder.vocab_size; }
  int64_t max_length() const override { return config_.encoder.max_length(); }
  int64_t target_vocab_size() const override { return config_.decoder.vocab_size(); }
  int64_t max_target_length() const override { return config_.decoder.max_length(); }

  /// Segments may be undefined: then all are 0. Those of a target are always 0.
  EncodedSource encode(const nn::TokenBatch& source, const nn::Pass& pass) override;
  at::Tensor decode(const nn::TokenBatch& target, const EncodedSource& source, const nn::Pass& pass,
                    const at::Tensor& rows) override;
  VocabularyHead head() const override;
  SpecialIds special_ids() const override { return config_.ids; }
  std::unique_ptr<IncrementalDecoder> start_decoding(const EncodedSource& source) override;

  const EncoderDecoderConfig& parts() const { return config_; }

 private:
  EncoderDecoderConfig config_;
  std::shared_ptr<torch::nn::Module> root_;
  std::shared_ptr<nn::TransformerStack> encoder_;
  std::shared_ptr<nn::TransformerStack> decoder_;
  std::shared_ptr<nn::TokenHead> token_head_;      ///< null: a GPT-2
  std::shared_ptr<nn::Linear> source_projection_;  ///< null: the widths are equal
};

std::unique_ptr<Seq2SeqModel> make_encoder_decoder_model(const nlohmann::json& config,
                                                         const GeneratorOptions& options);

}  // namespace finetune::models
