#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <map>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "data/batch.h"
#include "data/dataset.h"
#include "data/example.h"
#include "metrics/split_result.h"
#include "nn/pass.h"

namespace finetune::tasks {

/// A sum of losses and the number of targets it covers. The trainer divides once, over all
/// micro-batches of an update, so that accumulation and batch composition cannot change it.
struct LossSum {
  at::Tensor sum;  ///< scalar, part of the autograd graph
  int64_t num_targets = 0;
};

/// A row that the model answered wrongly.
struct WrongRow {
  int64_t row = 0;
  double confidence = 0.0;
  std::string expected;
  std::string predicted;
};

/// A model's answers to the rows of one data set: labels with scores, translations, texts.
class Answers {
 public:
  virtual ~Answers() = default;

  virtual nlohmann::json to_json(int64_t row) const = 0;  ///< an object, as a program reads it
  virtual std::string to_text(int64_t row) const = 0;     ///< one line, for people

  /// What a row's example says the answer should be, as it stands in a file of predictions; null
  /// where the example does not say.
  virtual nlohmann::json expected_json(const data::Example& example) const = 0;

  /// Encoded data does not keep texts: meet() tells the example behind a row, before values() and
  /// judge(), to answers that need it.
  virtual bool needs_examples() const { return false; }
  virtual void meet(int64_t /*row*/, const data::Example& /*example*/) {}

  /// Metrics that only finished answers give (BLEU); those of the forward passes are the
  /// evaluation's.
  virtual metrics::Values values() const { return {}; }

  /// How the answers compare with what the data set holds: metrics with 95 % intervals, tables.
  virtual metrics::SplitResult judge(const data::EncodedDataset& dataset) const = 0;

  /// The most confident wrong answers, at most `max_count`, most confident first.
  virtual std::vector<WrongRow> wrong_rows(const data::EncodedDataset& /*dataset*/,
                                           size_t /*max_count*/) const {
    return {};
  }
};

/// How an evaluation answers: not at all, as fast as can be (greedy decoding), as the config says
/// (beam search), or, where texts are written, with the scores of the given ones.
enum class AnswerMode { kNone, kQuick, kFull, kGiven };

struct EvaluationRequest {
  AnswerMode answers = AnswerMode::kNone;
  int64_t num_rows = 0;      ///< of the data set
  bool wants_values = true;  ///< false: answers alone, so that no loss need be computed
  int64_t first_row = 0;  ///< rows of the same input before this data set: what is drawn for a row
                          ///< is a function of its place in the whole input
  bool has_intervals = false;
};

/// One pass over a data set in evaluation mode. Batches come in any order.
class Evaluation {
 public:
  virtual ~Evaluation() = default;

  virtual void add(const data::Batch& batch) = 0;  ///< runs the model
  virtual metrics::Values values() const = 0;      ///< "loss" and the task's metrics

  /// 95 % intervals of the values that answers do not judge, where they were asked for.
  virtual std::map<std::string, metrics::Interval> intervals() const { return {}; }

  /// What is wrong with the model, for people: sentences.
  virtual std::vector<std::string> warnings() const { return {}; }

  /// The answers to the rows added, once; null where none were asked for.
  virtual std::unique_ptr<Answers> take_answers() = 0;
};

/// A model with a purpose: what its loss is, how it answers, how it is judged.
class Task {
 public:
  virtual ~Task() = default;

  virtual LossSum loss(const data::Batch& batch, const nn::Pass& pass) = 0;
  virtual std::unique_ptr<Evaluation> start_evaluation(const EvaluationRequest& request) = 0;
};

}  // namespace finetune::tasks
