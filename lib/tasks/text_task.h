#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "decode/generator.h"
#include "metrics/text_metrics.h"
#include "tasks/task.h"
#include "tasks/text_feed.h"
#include "text/tokenizer.h"

namespace finetune::tasks {

struct TextTaskOptions {
  double label_smoothing = 0.0;  ///< of the training loss, as torch's cross_entropy
  decode::Options generation{};
  /// Metrics of written texts, by name (metrics/text_metrics.h), and their options.
  std::vector<std::string> text_metrics{};
  metrics::TextMetricOptions metric_options{};
  std::string answer_key = "text";  ///< of the written text in JSON: "translation", ...
};

/// Predicts tokens. The loss is the cross-entropy summed over the target tokens of a batch, ends
/// included, with label smoothing while training. An evaluation gives, without smoothing,
///
///   loss            mean negative log-likelihood of a target token, given those before it
///   perplexity      exp(loss)
///   token_accuracy  share of target tokens that are the likeliest ones
///   encoder_similarity  of a few texts, where the model has an encoder (encoder_similarity.h)
///
/// and its answers are TextAnswers.
class TextTask final : public Task {
 public:
  /// `tokenizer` is that of the written texts.
  TextTask(std::unique_ptr<TextFeed> feed, const text::Tokenizer& tokenizer,
           TextTaskOptions options);

  LossSum loss(const data::Batch& batch, const nn::Pass& pass) override;
  std::unique_ptr<Evaluation> start_evaluation(const EvaluationRequest& request) override;

 private:
  std::unique_ptr<TextFeed> feed_;
  const text::Tokenizer& tokenizer_;
  TextTaskOptions options_;
};

}  // namespace finetune::tasks
