#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace finetune::data {

/// What reading and encoding a file found out beside its rows.
struct FileNotes {
  std::vector<std::string>
      label_names{};  ///< by class id; empty for regression and unlabelled data
  std::map<std::string, int64_t> rows_bad{};  ///< by reason
  int64_t blank_lines = 0;
  std::map<std::string, int64_t> rows_dropped{};  ///< usable, but too long or the like: by reason
};

/// An encoded data set as columns, each over all rows; rows are R, their tokens end to end N.
struct EncodedColumns {
  std::vector<int64_t> offsets{0};     ///< [R+1] row r holds tokens [offsets[r], offsets[r+1])
  std::vector<int32_t> token_ids;      ///< [N]
  std::vector<int32_t> second_begins;  ///< [R] first token with type id 1, else the length
  std::vector<int32_t> tokens_cut;     ///< [R] removed by truncation
  std::vector<int32_t> class_ids;      ///< [R] -1: unlabelled
  std::vector<float> targets;          ///< [R, num_targets]
  std::vector<int64_t> lines;          ///< [R] 1-based line of the source file
  std::vector<uint64_t> text_hashes;   ///< [R] of the text and its pair: finds duplicates
  std::vector<int64_t> label_offsets;  ///< [R+1] of label_ids; empty without target texts
  std::vector<int32_t> label_ids;      ///< tokens of the target texts, end to end
  int64_t num_targets = 0;
  FileNotes notes;
};

/// The same columns, wherever they lie.
struct TableView {
  std::span<const int64_t> offsets;
  std::span<const int32_t> token_ids;
  std::span<const int32_t> second_begins;
  std::span<const int32_t> tokens_cut;
  std::span<const int32_t> class_ids;
  std::span<const float> targets;
  std::span<const int64_t> lines;
  std::span<const uint64_t> text_hashes;
  std::span<const int64_t> label_offsets;
  std::span<const int32_t> label_ids;
  int64_t num_targets = 0;
};

TableView view_of(const EncodedColumns& columns);

/// Hash of every column, in order.
uint64_t hash_of(const TableView& view);

}  // namespace finetune::data
