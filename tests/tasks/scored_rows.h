#pragma once

#include <memory>
#include <vector>

#include "data/encoded_table.h"
#include "tasks/classification_answers.h"

namespace finetune::test {

/// A data set of one-token rows, row i from line i + 2, with these classes (-1: unlabelled).
inline std::shared_ptr<const data::EncodedDataset> rows_of_classes(
    const std::vector<int64_t>& class_ids) {
  data::EncodedColumns columns;
  for (size_t i = 0; i < class_ids.size(); ++i) {
    columns.offsets.push_back(static_cast<int64_t>(i) + 1);
    columns.token_ids.push_back(5);
    columns.second_begins.push_back(1);
    columns.tokens_cut.push_back(0);
    columns.class_ids.push_back(static_cast<int32_t>(class_ids[i]));
    columns.lines.push_back(static_cast<int64_t>(i) + 2);
    columns.text_hashes.push_back(i);
  }
  return data::EncodedTable::in_memory(std::move(columns));
}

/// The same with `num_targets` target values a row, laid end to end.
inline std::shared_ptr<const data::EncodedDataset> rows_of_targets(std::vector<float> targets,
                                                                   int64_t num_targets) {
  data::EncodedColumns columns;
  const int64_t num_rows = static_cast<int64_t>(targets.size()) / num_targets;
  for (int64_t i = 0; i < num_rows; ++i) {
    columns.offsets.push_back(i + 1);
    columns.token_ids.push_back(5);
    columns.second_begins.push_back(1);
    columns.tokens_cut.push_back(0);
    columns.class_ids.push_back(-1);
    columns.lines.push_back(i + 2);
    columns.text_hashes.push_back(static_cast<uint64_t>(i));
  }
  columns.targets = std::move(targets);
  columns.num_targets = num_targets;
  return data::EncodedTable::in_memory(std::move(columns));
}

inline tasks::ScoreTable score_table(const std::vector<std::vector<float>>& rows) {
  tasks::ScoreTable table(static_cast<int64_t>(rows.size()),
                          static_cast<int64_t>(rows.at(0).size()));
  for (size_t i = 0; i < rows.size(); ++i) table.set(static_cast<int64_t>(i), rows[i]);
  return table;
}

}  // namespace finetune::test
