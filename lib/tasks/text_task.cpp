#include "tasks/text_task.h"

#include <ATen/ops/argmax.h>
#include <ATen/ops/eq.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "base/strings.h"
#include "kernels/ops.h"
#include "metrics/mean.h"
#include "tasks/encoder_similarity.h"
#include "tasks/target_scores.h"
#include "tasks/text_answers.h"

namespace finetune::tasks {

namespace {

constexpr int64_t kTargetsAtOnce = 1024;  ///< bounds the logits in memory, [targets, V]

/// Greedy decoding of one text each.
decode::Options quick(decode::Options options) {
  options.num_beams = 1;
  options.num_return_sequences = 1;
  options.do_sample = false;
  options.temperature = 1.0;
  options.top_k = decode::Options{}.top_k;
  options.top_p = 1.0;
  options.min_p.reset();
  options.length_penalty = 1.0;
  return options;
}

std::vector<int32_t> labels_of(const data::Batch& batch, int64_t b) {
  const auto i = static_cast<size_t>(b);
  return {batch.label_ids.begin() + batch.label_offsets[i],
          batch.label_ids.begin() + batch.label_offsets[i + 1]};
}

/// How answers are written, and where they go.
struct Writing {
  const text::Tokenizer& tokenizer;
  decode::Options generation;
  std::unique_ptr<TextAnswers> answers;  ///< null: none are wanted
};

class TextEvaluation final : public Evaluation {
 public:
  TextEvaluation(TextFeed& feed, const EvaluationRequest& request, Writing writing)
      : feed_(feed), request_(request), writing_(std::move(writing)) {
    if (request.has_intervals || gives_scores())
      rows_.resize(static_cast<size_t>(request.num_rows));
  }

  void add(const data::Batch& batch) override {
    if (request_.wants_values && feed_.has_labels(batch)) count(batch);
    if (writing_.answers) answer(batch);
  }

  metrics::Values values() const override {
    const std::optional<double> loss = loss_.value();
    metrics::Values values = {{"loss", loss},
                              {"perplexity", loss ? std::optional(std::exp(*loss)) : std::nullopt},
                              {"token_accuracy", accuracy_.value()}};
    if (similarity_) values["encoder_similarity"] = similarity_;
    return values;
  }

  std::map<std::string, metrics::Interval> intervals() const override {
    return target_intervals(rows_);
  }

  std::vector<std::string> warnings() const override {
    if (!similarity_ || *similarity_ <= kCollapsedSimilarity) return {};
    return {base::cat(
        "the encoder has collapsed: it gives nearly the same output at every position of a text "
        "(mean cosine ",
        base::to_text(std::round(*similarity_ * 1e4) / 1e4),
        "), so the model writes without seeing the source. A longer schedule.warmup, a lower "
        "optimizer.learning_rate or a model with norms before its blocks (mbart, t5) helps")};
  }

  std::unique_ptr<Answers> take_answers() override {
    if (gives_scores()) return std::make_unique<TargetScores>(std::move(rows_));
    return std::move(writing_.answers);
  }

 private:
  bool gives_scores() const { return request_.answers == AnswerMode::kGiven; }

  void count(const data::Batch& batch) {
    if (!std::exchange(is_probed_, true)) similarity_ = feed_.encoder_similarity(batch);
    const TokenPredictions all = feed_.predict(batch, nn::Pass{});
    const models::VocabularyHead head = feed_.head();
    const int64_t num_targets = all.labels.numel();
    for (int64_t begin = 0; begin < num_targets; begin += kTargetsAtOnce) {
      const int64_t count = std::min(kTargetsAtOnce, num_targets - begin);
      const at::Tensor labels = all.labels.narrow(0, begin, count);
      const at::Tensor logits = models::logits(head, all.hidden.narrow(0, begin, count));
      loss_.add(kernels::cross_entropy_sum(logits, labels).item<double>(), count);
      const at::Tensor hits = at::argmax(logits, -1).eq(labels);
      accuracy_.add(static_cast<double>(hits.sum().item<int64_t>()), count);
      if (!rows_.empty()) count_rows(batch, all.offsets, {begin, logits, labels, hits});
    }
  }

  /// Some targets of a batch, from number `begin` on.
  struct Targets {
    int64_t begin = 0;
    const at::Tensor& logits;
    const at::Tensor& labels;
    const at::Tensor& hits;
  };

  /// Adds to each row its part of the targets.
  void count_rows(const data::Batch& batch, const std::vector<int64_t>& offsets,
                  const Targets& targets) {
    const int64_t end = targets.begin + targets.labels.numel();
    for (size_t b = 0; b + 1 < offsets.size(); ++b) {
      const int64_t first = std::max(offsets[b], targets.begin);
      const int64_t count = std::min(offsets[b + 1], end) - first;
      if (count <= 0) continue;
      const auto part = [&](const at::Tensor& all) {
        return all.narrow(0, first - targets.begin, count);
      };
      TargetScore& row = rows_.at(static_cast<size_t>(batch.example_indices[b]));
      row.loss +=
          kernels::cross_entropy_sum(part(targets.logits), part(targets.labels)).item<double>();
      row.num_right += part(targets.hits).sum().item<int64_t>();
      row.num_targets += count;
    }
  }

  void answer(const data::Batch& batch) {
    const std::vector<decode::Hypotheses> written =
        feed_.write(batch, writing_.generation, request_.first_row);
    for (int64_t b = 0; b < batch.num_sequences(); ++b) {
      const int64_t row = batch.example_indices[static_cast<size_t>(b)];
      writing_.answers->set(row, written[static_cast<size_t>(b)]);
      if (!batch.label_offsets.empty())
        writing_.answers->set_reference(row, writing_.tokenizer.decode(labels_of(batch, b), true));
    }
  }

  TextFeed& feed_;
  EvaluationRequest request_;
  metrics::Mean loss_;
  metrics::Mean accuracy_;
  bool is_probed_ = false;
  std::optional<double> similarity_;  ///< of the first batch
  Writing writing_;
  std::vector<TargetScore> rows_;  ///< empty: nobody asks for them
};

}  // namespace

TextTask::TextTask(std::unique_ptr<TextFeed> feed, const text::Tokenizer& tokenizer,
                   TextTaskOptions options)
    : feed_(std::move(feed)), tokenizer_(tokenizer), options_(std::move(options)) {}

LossSum TextTask::loss(const data::Batch& batch, const nn::Pass& pass) {
  const TokenPredictions predictions = feed_->predict(batch, pass);
  const models::VocabularyHead head = feed_->head();
  return {kernels::head_cross_entropy_sum(predictions.hidden,
                                          {head.weight, head.bias, options_.label_smoothing},
                                          predictions.labels),
          predictions.labels.numel()};
}

std::unique_ptr<Evaluation> TextTask::start_evaluation(const EvaluationRequest& request) {
  const bool is_quick = request.answers == AnswerMode::kQuick;
  std::unique_ptr<TextAnswers> answers;
  if (is_quick || request.answers == AnswerMode::kFull) {
    answers = std::make_unique<TextAnswers>(
        tokenizer_, TextAnswersOptions{request.num_rows, options_.answer_key, options_.text_metrics,
                                       options_.metric_options,
                                       !is_quick && options_.generation.num_return_sequences > 1});
  }
  return std::make_unique<TextEvaluation>(
      *feed_, request,
      Writing{tokenizer_, is_quick ? quick(options_.generation) : options_.generation,
              std::move(answers)});
}

}  // namespace finetune::tasks
