#include <csv.h>

#include <deque>
#include <utility>

#include "base/error.h"
#include "base/strings.h"
#include "data/check_bytes.h"
#include "data/delimited_reader.h"
#include "data/line_reader.h"

namespace finetune::data {
namespace {

int never(unsigned char /*byte*/) { return 0; }

/// RFC 4180 through libcsv, one line of the file at a time, so that a row's bytes and line number
/// are known and its size is bounded. After a row that cannot be parsed reading goes on at the next
/// line.
class CsvSplitter final : public FieldSplitter {
 public:
  CsvSplitter(const std::string& path, uint64_t max_row_bytes)
      : lines_(open_source(path), max_row_bytes), max_row_bytes_(max_row_bytes) {
    start_parser();
  }
  ~CsvSplitter() override { csv_free(&parser_); }
  CsvSplitter(const CsvSplitter&) = delete;
  CsvSplitter& operator=(const CsvSplitter&) = delete;

  bool next(std::vector<std::string>& fields) override {
    if (rows_.empty()) {
      raw_.clear();
      while (rows_.empty()) {
        if (!feed_line()) return false;
      }
      origin_.raw = raw_;
      check_row();
    }
    fields = std::move(rows_.front());
    rows_.pop_front();
    return true;
  }
  const RowOrigin& origin() const override { return origin_; }
  int64_t num_blank_lines() const override { return num_blank_lines_; }

 private:
  void start_parser() {
    if (csv_init(&parser_, CSV_STRICT | CSV_STRICT_FINI) != 0) {
      throw InternalError("libcsv does not start");
    }
    csv_set_space_func(&parser_, never);  // spaces belong to the field
  }

  [[noreturn]] void refuse(BadRow bad) {
    csv_free(&parser_);
    start_parser();
    row_.clear();
    rows_.clear();
    origin_.raw = raw_;
    throw bad;
  }

  /// Gives the parser one more line; false at the end of the file.
  bool feed_line() {
    Line line;
    if (!lines_.next(line)) return finish();
    if (raw_.empty()) {
      if (line.text().empty()) {
        ++num_blank_lines_;
        return true;
      }
      origin_ = {line.number, line.byte, {}};
    }
    raw_ += line.bytes;
    if (line.is_too_long || raw_.size() > max_row_bytes_) {
      raw_.resize(std::min<size_t>(raw_.size(), max_row_bytes_));
      refuse({"too_long", "the row is longer than max_row_bytes: is a quote left open?"});
    }
    const size_t parsed =
        csv_parse(&parser_, line.bytes.data(), line.bytes.size(), &on_field, &on_row, this);
    if (parsed != line.bytes.size()) {
      refuse({"stray_quote",
              "a quote stands inside a field (write \"\" for a quote, and quote the whole field)",
              static_cast<int64_t>(raw_.size() - line.bytes.size() + parsed) - 1});
    }
    return true;
  }

  bool finish() {
    if (csv_fini(&parser_, &on_field, &on_row, this) != 0) {
      refuse({"unclosed_quote", "a quote is still open at the end of the file"});
    }
    return !rows_.empty();
  }

  void check_row() {
    try {
      check_bytes(raw_);
    } catch (const BadRow& bad) {
      refuse(bad);
    }
  }

  static void on_field(void* bytes, size_t size, void* self) {
    static_cast<CsvSplitter*>(self)->row_.emplace_back(static_cast<const char*>(bytes), size);
  }
  static void on_row(int /*line_end*/, void* self) {
    auto& splitter = *static_cast<CsvSplitter*>(self);
    splitter.rows_.push_back(std::exchange(splitter.row_, {}));
  }

  LineReader lines_;
  uint64_t max_row_bytes_;
  csv_parser parser_{};
  std::string raw_;                            ///< lines of the current row
  std::vector<std::string> row_;               ///< fields so far
  std::deque<std::vector<std::string>> rows_;  ///< finished (several, where a lone CR ends a row)
  RowOrigin origin_;
  int64_t num_blank_lines_ = 0;
};

}  // namespace

std::unique_ptr<FieldSplitter> make_csv_splitter(const std::string& path, uint64_t max_row_bytes) {
  return std::make_unique<CsvSplitter>(path, max_row_bytes);
}

}  // namespace finetune::data
