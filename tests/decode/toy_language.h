#pragma once

#include "models/language_model.h"

namespace finetune::test {

/// The made-up language of fixtures/make_generations.py: the logits of the next token are a
/// function of the last two tokens. Its hidden states are one-hot over pairs of tokens and its head
/// is the table of logits, so rows are followed as with a real model.
class ToyLanguage final : public models::LanguageModel {
 public:
  static constexpr int64_t kVocabSize = 40;

  models::VocabularyHead head() const override;
  std::unique_ptr<models::IncrementalDecoder> start_decoding() override;
  models::SpecialIds special_ids() const override { return special_ids_; }
  int64_t vocab_size() const override { return kVocabSize; }
  int64_t max_length() const override { return max_length_; }

  at::Tensor hidden(const nn::TokenBatch& batch, const nn::Pass& pass,
                    const at::Tensor& rows) override;

  // Never asked for while text is written.
  torch::nn::Module& module() override;
  models::NameTable names() const override { return {}; }
  nlohmann::json config() const override;

  models::SpecialIds special_ids_{};
  int64_t max_length_ = 1000;
};

}  // namespace finetune::test
