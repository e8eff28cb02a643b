#pragma once

#include <string>

#include "data/line_reader.h"
#include "data/row_reader.h"

namespace finetune::data {

/// Two plain text files: line n of the second is the target of line n of the first. A line that is
/// empty on one side only is a bad row, on both sides a blank line. Throws DataError with both
/// counts when the files differ in their number of lines.
class ParallelReader final : public RowReader {
 public:
  ParallelReader(const std::string& path, const ReadOptions& options);

  bool next(Example& example) override;
  const RowOrigin& origin() const override { return origin_; }
  int64_t num_blank_lines() const override { return num_blank_lines_; }

 private:
  [[noreturn]] void refuse_counts(bool has_source);

  std::string source_path_;
  std::string target_path_;
  LineReader sources_;
  LineReader targets_;
  RowOrigin origin_;
  int64_t num_lines_ = 0;
  int64_t num_blank_lines_ = 0;
};

}  // namespace finetune::data
