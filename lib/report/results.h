#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "base/files.h"
#include "report/events.h"

namespace finetune::report {

/// A whole training, as Hugging Face's Trainer sums it up.
struct TrainSummary {
  double epoch = 0.0;
  double train_loss = 0.0;    ///< mean over all updates
  double seconds = 0.0;       ///< over all resumed parts
  int64_t num_examples = 0;   ///< of the training set
  int64_t examples_seen = 0;  ///< over all epochs
  int64_t num_updates = 0;
  double total_flos = 0.0;
};

/// Writes train_results.json ("train_loss", "train_runtime", "train_samples_per_second", ...) and
/// adds the same keys to all_results.json. Both durably; throws IoError.
void write_train_results(base::Fs& fs, const std::filesystem::path& run_folder,
                         const TrainSummary& summary);

/// The same for an evaluation: eval_results.json with "eval_loss", "eval_accuracy", "eval_runtime",
/// "eval_samples", ... for the validation split, <split>_results.json with "<split>_..." for
/// others. Undefined metrics are null.
void write_evaluation_results(base::Fs& fs, const std::filesystem::path& run_folder,
                              const EvaluationEvent& event);

/// "eval" for the validation split, else the split's own name: how Hugging Face prefixes metrics.
std::string metric_prefix(const std::string& split);

}  // namespace finetune::report
