#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "run/run_config.h"
#include "run/train_run.h"
#include "support/error_of.h"
#include "support/test_support.h"

namespace finetune::test {

/// Everything that a run of seconds needs, in a folder of its own: "model", the committed tiny BERT
/// (24 positions, head for bad, fair, good) with a tokenizer of 60 words, and "train.tsv",
/// "dev.tsv", "test.tsv" in which one word of a text decides its label.
class TinyRun {
 public:
  TinyRun();

  std::filesystem::path operator/(const std::string& name) const { return folder_.path() / name; }

  /// Writes a file into the folder and returns its path.
  std::filesystem::path write(const std::string& name, const std::string& content) const;

  /// A config of three epochs of 24 rows in batches of 8, changed by a JSON merge patch (RFC 7386):
  /// R"({"training": {"max_steps": 2}, "data": {"test": null}})".
  run::RunConfig config(const std::string& patch = "{}") const;

  /// Trains by that config.
  run::TrainSummary train(const std::string& patch = "{}") const;

 private:
  TemporaryFolder folder_;
};

/// The words of the tokenizer beside [PAD] [UNK] [CLS] [SEP] [MASK] (ids 0-4) and bad, fair, good
/// (ids 5-7): "w8" to "w59", each its own id.
std::string tiny_vocabulary();

/// `count` rows "<filler> <label> <filler>\t<label>" below a header; the labels bad, fair, good in
/// turn. Files of different `first` have no text in common.
std::string labelled_rows(int count, int first);

/// Keeps what happens in a run.
class RecordingObserver : public run::RunObserver {
 public:
  void on_start(int64_t total, int64_t done, double /*max_seconds*/) override {
    total_updates = total;
    updates_at_start = done;
  }
  void on_step(const train::StepEvent& event) override { losses.push_back(event.loss); }

  /// Mean loss of the last three updates by that of the first three.
  double loss_ratio() const;

  int64_t total_updates = -1;
  int64_t updates_at_start = -1;
  std::vector<double> losses;
};

/// The lines of a file, without their ends.
std::vector<std::string> lines_of(const std::filesystem::path& file);

/// What is logged to stderr while `body` runs.
std::string logged(const std::function<void()>& body);

/// Sets an environment variable, or takes it away (nullptr), for the time of a test.
class EnvironmentVariable {
 public:
  EnvironmentVariable(const char* name, const char* value);
  ~EnvironmentVariable();
  EnvironmentVariable(const EnvironmentVariable&) = delete;
  EnvironmentVariable& operator=(const EnvironmentVariable&) = delete;

 private:
  const char* name_;
  std::optional<std::string> old_;
};

}  // namespace finetune::test
