#include "base/strings.h"
#include "data/check_bytes.h"
#include "data/delimited_reader.h"
#include "data/line_reader.h"

namespace finetune::data {
namespace {

/// One row a line, fields between tabs, nothing quoted or escaped (as the GLUE files).
class TsvSplitter final : public FieldSplitter {
 public:
  TsvSplitter(const std::string& path, uint64_t max_row_bytes)
      : lines_(open_source(path), max_row_bytes) {}

  bool next(std::vector<std::string>& fields) override {
    Line line;
    for (;; ++num_blank_lines_) {
      if (!lines_.next(line)) return false;
      if (!line.text().empty()) break;
    }
    origin_ = {line.number, line.byte, line.text()};
    check_line(line);
    fields = base::split(line.text(), '\t');
    return true;
  }
  const RowOrigin& origin() const override { return origin_; }
  int64_t num_blank_lines() const override { return num_blank_lines_; }

 private:
  LineReader lines_;
  RowOrigin origin_;
  int64_t num_blank_lines_ = 0;
};

}  // namespace

std::unique_ptr<FieldSplitter> make_tsv_splitter(const std::string& path, uint64_t max_row_bytes) {
  return std::make_unique<TsvSplitter>(path, max_row_bytes);
}

}  // namespace finetune::data
