#include "data/encoded_table.h"

#include <utility>

#include "base/hash.h"

namespace finetune::data {

EncodedTable::EncodedTable(const TableView& view, FileNotes notes,
                           std::shared_ptr<const void> owner)
    : view_(view),
      notes_(std::move(notes)),
      owner_(std::move(owner)),
      fingerprint_(hash_of(view)) {}

std::shared_ptr<const EncodedTable> EncodedTable::in_memory(EncodedColumns columns) {
  const auto owner = std::make_shared<const EncodedColumns>(std::move(columns));
  return std::make_shared<const EncodedTable>(view_of(*owner), owner->notes, owner);
}

std::shared_ptr<const EncodedTable> EncodedTable::subset(std::vector<int64_t> rows) const {
  auto part = std::make_shared<EncodedTable>(*this);
  for (int64_t& row : rows) row = static_cast<int64_t>(column_index(row));
  part->is_subset_ = true;
  part->rows_ = std::move(rows);
  part->fingerprint_ = base::hash64(std::as_bytes(std::span(part->rows_)), fingerprint_);
  return part;
}

int64_t EncodedTable::size() const {
  return static_cast<int64_t>(is_subset_ ? rows_.size() : view_.lines.size());
}

int64_t EncodedTable::length(int64_t row) const {
  const size_t index = column_index(row);
  return view_.offsets[index + 1] - view_.offsets[index];
}

std::span<const int32_t> EncodedTable::token_ids(int64_t row) const {
  return view_.token_ids.subspan(static_cast<size_t>(view_.offsets[column_index(row)]),
                                 static_cast<size_t>(length(row)));
}

int64_t EncodedTable::second_segment_begin(int64_t row) const {
  return view_.second_begins[column_index(row)];
}

int64_t EncodedTable::class_id(int64_t row) const { return view_.class_ids[column_index(row)]; }

std::span<const float> EncodedTable::targets(int64_t row) const {
  const auto count = static_cast<size_t>(view_.num_targets);
  return view_.targets.subspan(column_index(row) * count, count);
}

std::span<const int32_t> EncodedTable::label_ids(int64_t row) const {
  if (!has_label_ids()) return {};
  const size_t index = column_index(row);
  const auto begin = static_cast<size_t>(view_.label_offsets[index]);
  return view_.label_ids.subspan(begin,
                                 static_cast<size_t>(view_.label_offsets[index + 1]) - begin);
}

int64_t EncodedTable::source_line(int64_t row) const { return view_.lines[column_index(row)]; }

int64_t EncodedTable::tokens_cut(int64_t row) const { return view_.tokens_cut[column_index(row)]; }

uint64_t EncodedTable::text_hash(int64_t row) const { return view_.text_hashes[column_index(row)]; }

}  // namespace finetune::data
