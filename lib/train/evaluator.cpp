#include "train/evaluator.h"

#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <chrono>
#include <numeric>
#include <span>
#include <vector>

namespace finetune::train {

namespace {

/// Rows by falling length: batches of like lengths, and the largest batch first, so that memory
/// runs out early or never.
std::vector<int64_t> rows_by_length(const data::EncodedDataset& dataset) {
  std::vector<int64_t> rows(static_cast<size_t>(dataset.size()));
  std::iota(rows.begin(), rows.end(), int64_t{0});
  std::stable_sort(rows.begin(), rows.end(),
                   [&](int64_t a, int64_t b) { return dataset.length(a) > dataset.length(b); });
  return rows;
}

}  // namespace

std::optional<EvaluationResult> evaluate(tasks::Task& task, const data::EncodedDataset& dataset,
                                         const EvaluatorOptions& options) {
  const at::NoGradGuard no_grad;
  const auto start = std::chrono::steady_clock::now();
  const auto evaluation =
      task.start_evaluation({options.answers, dataset.size(), options.wants_values,
                             options.first_row, options.has_intervals});
  const std::vector<int64_t> rows = rows_by_length(dataset);
  const auto batch_size = static_cast<size_t>(options.batch_size);
  for (size_t begin = 0; begin < rows.size(); begin += batch_size) {
    if (options.should_stop && options.should_stop()) return std::nullopt;
    const size_t count = std::min(batch_size, rows.size() - begin);
    evaluation->add(data::make_batch(dataset, std::span(rows).subspan(begin, count)));
  }
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
  EvaluationResult result{evaluation->values(), dataset.size(), elapsed.count(), nullptr,
                          evaluation->warnings()};
  if (options.has_intervals) result.intervals = evaluation->intervals();
  result.answers = evaluation->take_answers();
  return result;
}

}  // namespace finetune::train
