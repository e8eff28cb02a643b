#pragma once

#include <optional>
#include <string>
#include <vector>

#include "data/data_report.h"
#include "data/encoded_table.h"
#include "data/read_options.h"

namespace finetune::data {

/// What a split's report needs beside its rows.
struct SplitContext {
  std::string file{};
  FileNotes notes{};  ///< rows_bad and blank_lines of the file, or none for a part of it
  TargetKind target_kind = TargetKind::kSingleLabel;
  std::vector<std::string> label_names{};
  std::optional<int32_t> unknown_id{};
};

SplitReport report_split(const EncodedTable& table, const SplitContext& context);

/// Rows of `second` whose text stands in `first`.
int64_t count_overlap(const EncodedTable& first, const EncodedTable& second);

}  // namespace finetune::data
