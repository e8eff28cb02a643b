#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "data/encoded_table.h"
#include "models/model.h"
#include "optim/adamw.h"
#include "tasks/classification.h"
#include "train/trainer.h"

namespace finetune::test {

/// `num_rows` random sequences of 2 to 12 tokens of a vocabulary of 50, in two classes that the
/// first token tells.
std::shared_ptr<const data::EncodedTable> toy_dataset(int64_t num_rows, uint64_t seed);

/// What a listener saw.
struct Record : train::TrainListener {
  std::vector<double> losses;
  std::vector<double> learning_rates;
  std::vector<int64_t> evaluated_steps;
  std::vector<int64_t> saved_steps;
  std::vector<train::SkipEvent> skips;
  std::function<void(int64_t step)> after_step;
  std::function<void()> after_skip;

  void on_step(const train::StepEvent& event) override;
  void on_evaluation(const train::EvaluationEvent& event) override;
  void on_checkpoint(const train::CheckpointEvent& event) override;
  void on_skip(const train::SkipEvent& event) override;
};

/// A whole run of a one-layer BERT in `folder`; resumes when the folder has a checkpoint.
class ToyRun {
 public:
  using BatchMaker = std::function<data::Batch(const data::EncodedDataset& train,
                                               std::span<const int64_t> rows, int64_t epoch)>;

  ToyRun(const std::filesystem::path& folder, const train::TrainerOptions& options,
         double dropout = 0.1, base::Fs* fs = nullptr, BatchMaker make_batch = {});

  train::Outcome run();

  /// Every parameter and moment, bit for bit, as text to compare.
  std::string fingerprint();
  const train::TrainState& state() const { return trainer_->state(); }

  Record record;
  bool stop_requested = false;
  std::unique_ptr<models::SequenceClassifier> model;

 private:
  std::shared_ptr<const data::EncodedTable> train_;
  std::shared_ptr<const data::EncodedTable> validation_;
  std::unique_ptr<optim::FlatParameters> parameters_;
  std::unique_ptr<optim::AdamW> optimizer_;
  std::unique_ptr<tasks::ClassificationTask> task_;
  std::unique_ptr<train::CheckpointStore> store_;
  std::unique_ptr<train::Trainer> trainer_;
};

/// 40 training rows in batches of 8, two epochs, evaluated and saved each epoch.
train::TrainerOptions toy_options();

}  // namespace finetune::test
