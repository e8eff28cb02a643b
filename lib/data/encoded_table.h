#pragma once

#include <memory>
#include <vector>

#include "data/dataset.h"
#include "data/encoded_columns.h"

namespace finetune::data {

/// An EncodedDataset over columns in memory or in a mapped file: all their rows, or some of them.
class EncodedTable final : public EncodedDataset {
 public:
  /// `owner` keeps the columns alive.
  EncodedTable(const TableView& view, FileNotes notes, std::shared_ptr<const void> owner);

  static std::shared_ptr<const EncodedTable> in_memory(EncodedColumns columns);

  /// The given rows of this table, in that order, sharing its columns.
  std::shared_ptr<const EncodedTable> subset(std::vector<int64_t> rows) const;

  int64_t size() const override;
  int64_t length(int64_t row) const override;
  std::span<const int32_t> token_ids(int64_t row) const override;
  int64_t second_segment_begin(int64_t row) const override;
  int64_t class_id(int64_t row) const override;
  std::span<const float> targets(int64_t row) const override;
  int64_t source_line(int64_t row) const override;
  std::span<const int32_t> label_ids(int64_t row) const override;
  bool has_label_ids() const override { return !view_.label_offsets.empty(); }
  int64_t num_targets() const override { return view_.num_targets; }
  uint64_t fingerprint() const override { return fingerprint_; }

  int64_t tokens_cut(int64_t row) const override;
  uint64_t text_hash(int64_t row) const;
  const FileNotes& notes() const { return notes_; }

 private:
  size_t column_index(int64_t row) const {
    return static_cast<size_t>(is_subset_ ? rows_[static_cast<size_t>(row)] : row);
  }

  TableView view_;
  FileNotes notes_;
  std::shared_ptr<const void> owner_;
  uint64_t fingerprint_ = 0;
  bool is_subset_ = false;
  std::vector<int64_t> rows_;  ///< of a subset
};

}  // namespace finetune::data
