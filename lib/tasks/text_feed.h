#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <optional>
#include <vector>

#include "data/batch.h"
#include "decode/generator.h"
#include "models/language_model.h"
#include "models/seq2seq_model.h"

namespace finetune::tasks {

/// What a model says at every place where a token is to be predicted, M of them.
struct TokenPredictions {
  at::Tensor hidden;             ///< [M, D], what the model's head turns into scores
  at::Tensor labels;             ///< int64 [M]
  std::vector<int64_t> offsets;  ///< [B + 1], where each sequence's labels begin and end
};

/// How a batch is fed to a model that writes text.
class TextFeed {
 public:
  virtual ~TextFeed() = default;

  /// Needs a batch with what is to be predicted.
  virtual TokenPredictions predict(const data::Batch& batch, const nn::Pass& pass) = 0;
  virtual models::VocabularyHead head() const = 0;
  /// encoder_similarity() of the first texts of the batch; nothing without an encoder.
  virtual std::optional<double> encoder_similarity(const data::Batch& /*batch*/) { return {}; }
  /// False for a batch in which there is nothing to predict: texts that come without a target.
  virtual bool has_labels(const data::Batch& batch) const { return !batch.label_offsets.empty(); }
  /// Writes a text for each sequence of the batch, whose labels are not looked at. What is drawn
  /// for a sequence is a function of first_row + its row.
  virtual std::vector<decode::Hypotheses> write(const data::Batch& batch,
                                                const decode::Options& options,
                                                int64_t first_row) = 0;
};

/// An encoder reads the text, a decoder predicts the target from [start] + labels[:-1].
class Seq2SeqFeed final : public TextFeed {
 public:
  explicit Seq2SeqFeed(models::Seq2SeqModel& model) : model_(model) {}

  TokenPredictions predict(const data::Batch& batch, const nn::Pass& pass) override;
  models::VocabularyHead head() const override { return model_.head(); }
  std::optional<double> encoder_similarity(const data::Batch& batch) override;
  std::vector<decode::Hypotheses> write(const data::Batch& batch, const decode::Options& options,
                                        int64_t first_row) override;

 private:
  models::Seq2SeqModel& model_;
};

/// A language model reads text and target as one sequence and predicts the target's part of it
/// ("prefix LM" with causal attention throughout).
class PrefixFeed final : public TextFeed {
 public:
  explicit PrefixFeed(models::LanguageModel& model) : model_(model) {}

  TokenPredictions predict(const data::Batch& batch, const nn::Pass& pass) override;
  models::VocabularyHead head() const override { return model_.head(); }
  std::vector<decode::Hypotheses> write(const data::Batch& batch, const decode::Options& options,
                                        int64_t first_row) override;

 private:
  models::LanguageModel& model_;
};

/// A language model predicts every token of a text but the first; a text of one token has none.
class LanguageFeed final : public TextFeed {
 public:
  explicit LanguageFeed(models::LanguageModel& model) : model_(model) {}

  TokenPredictions predict(const data::Batch& batch, const nn::Pass& pass) override;
  models::VocabularyHead head() const override { return model_.head(); }
  bool has_labels(const data::Batch& batch) const override {
    return batch.offsets.back() > batch.num_sequences();
  }
  std::vector<decode::Hypotheses> write(const data::Batch& batch, const decode::Options& options,
                                        int64_t first_row) override;

 private:
  models::LanguageModel& model_;
};

}  // namespace finetune::tasks
