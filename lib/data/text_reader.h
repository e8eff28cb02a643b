#pragma once

#include <string>

#include "data/line_reader.h"
#include "data/row_reader.h"

namespace finetune::data {

/// Plain text: a line, a paragraph or the whole file is one text. Lines of a paragraph or file keep
/// their "\n". Blank lines are no rows of their own, but for TextUnit::kEveryLine.
class TextReader final : public RowReader {
 public:
  TextReader(const std::string& path, const ReadOptions& options);

  bool next(Example& example) override;
  const RowOrigin& origin() const override { return origin_; }
  int64_t num_blank_lines() const override { return num_blank_lines_; }

 private:
  bool next_line(Example& example);
  bool next_lines(Example& example);

  LineReader lines_;
  TextUnit unit_;
  uint64_t max_row_bytes_;
  RowOrigin origin_;
  std::string raw_;  ///< what origin_ points to, of several lines
  int64_t num_blank_lines_ = 0;
};

}  // namespace finetune::data
