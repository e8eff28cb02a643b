#include "data/dataset.h"

#include <numeric>

namespace finetune::data {
namespace {

void append_row(const EncodedDataset& dataset, int64_t row, Batch& batch) {
  const auto ids = dataset.token_ids(row);
  const auto begin = batch.token_ids.size();
  const auto length = ids.size();
  batch.token_ids.insert(batch.token_ids.end(), ids.begin(), ids.end());
  batch.positions.resize(begin + length);
  std::iota(batch.positions.begin() + static_cast<std::ptrdiff_t>(begin), batch.positions.end(), 0);
  const auto second = static_cast<size_t>(dataset.second_segment_begin(row));
  batch.segments.resize(begin + second, 0);
  batch.segments.resize(begin + length, 1);
  batch.offsets.push_back(static_cast<int64_t>(begin + length));
}

}  // namespace

Batch make_batch(const EncodedDataset& dataset, std::span<const int64_t> rows) {
  Batch batch;
  batch.offsets.push_back(0);
  for (const int64_t row : rows) {
    append_row(dataset, row, batch);
    if (dataset.num_targets() == 0) {
      batch.class_ids.push_back(dataset.class_id(row));
    } else {
      const auto targets = dataset.targets(row);
      batch.targets.insert(batch.targets.end(), targets.begin(), targets.end());
    }
  }
  if (dataset.has_label_ids()) {
    batch.label_offsets.push_back(0);
    for (const int64_t row : rows) {
      const auto ids = dataset.label_ids(row);
      batch.label_ids.insert(batch.label_ids.end(), ids.begin(), ids.end());
      batch.label_offsets.push_back(static_cast<int64_t>(batch.label_ids.size()));
    }
  }
  batch.example_indices.assign(rows.begin(), rows.end());
  return batch;
}

}  // namespace finetune::data
