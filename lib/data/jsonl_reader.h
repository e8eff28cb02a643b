#pragma once

#include <string>

#include "data/line_reader.h"
#include "data/row_reader.h"

namespace finetune::data {

/// One strict JSON object a line. Texts are strings. Labels are strings, integers or booleans (kept
/// as text), an array of these for multi-label data, a number for regression. Keys that no option
/// names are passed over.
class JsonlReader final : public RowReader {
 public:
  JsonlReader(const std::string& path, ReadOptions options);

  bool next(Example& example) override;
  const RowOrigin& origin() const override { return origin_; }
  int64_t num_blank_lines() const override { return num_blank_lines_; }

 private:
  ReadOptions options_;
  LineReader lines_;
  RowOrigin origin_;
  int64_t num_blank_lines_ = 0;
};

}  // namespace finetune::data
