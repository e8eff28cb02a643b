#include "data/dataset.h"

#include <numeric>

namespace finetune::data {
namespace {

void append_text(const RowTokens& tokens, Batch& batch) {
  const auto begin = batch.token_ids.size();
  const auto length = tokens.text.size();
  batch.token_ids.insert(batch.token_ids.end(), tokens.text.begin(), tokens.text.end());
  batch.positions.resize(begin + length);
  std::iota(batch.positions.begin() + static_cast<std::ptrdiff_t>(begin), batch.positions.end(), 0);
  batch.segments.resize(begin + static_cast<size_t>(tokens.second_segment_begin), 0);
  batch.segments.resize(begin + length, 1);
  batch.offsets.push_back(static_cast<int64_t>(begin + length));
}

void append_labels(const RowTokens& tokens, Batch& batch) {
  batch.label_ids.insert(batch.label_ids.end(), tokens.labels.begin(), tokens.labels.end());
  batch.label_offsets.push_back(static_cast<int64_t>(batch.label_ids.size()));
}

}  // namespace

RowTokens tokens_of(const EncodedDataset& dataset, int64_t row) {
  return {dataset.token_ids(row), dataset.second_segment_begin(row), dataset.label_ids(row)};
}

Batch make_batch(const EncodedDataset& dataset, std::span<const int64_t> rows) {
  return make_batch(dataset, rows, [&](int64_t row) { return tokens_of(dataset, row); });
}

Batch make_batch(const EncodedDataset& dataset, std::span<const int64_t> rows,
                 const std::function<RowTokens(int64_t row)>& tokens_of_row) {
  Batch batch;
  batch.offsets.push_back(0);
  if (dataset.has_label_ids()) batch.label_offsets.push_back(0);
  for (const int64_t row : rows) {
    const RowTokens tokens = tokens_of_row(row);
    append_text(tokens, batch);
    if (dataset.has_label_ids()) append_labels(tokens, batch);
    if (dataset.num_targets() == 0) {
      batch.class_ids.push_back(dataset.class_id(row));
    } else {
      const auto targets = dataset.targets(row);
      batch.targets.insert(batch.targets.end(), targets.begin(), targets.end());
    }
  }
  batch.example_indices.assign(rows.begin(), rows.end());
  return batch;
}

}  // namespace finetune::data
