#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "data/row_reader.h"

namespace finetune::data {

/// Cuts a TSV or CSV file into rows of fields.
class FieldSplitter {
 public:
  virtual ~FieldSplitter() = default;
  /// As RowReader::next.
  virtual bool next(std::vector<std::string>& fields) = 0;
  virtual const RowOrigin& origin() const = 0;
  virtual int64_t num_blank_lines() const = 0;
};

std::unique_ptr<FieldSplitter> make_tsv_splitter(const std::string& path, uint64_t max_row_bytes);
std::unique_ptr<FieldSplitter> make_csv_splitter(const std::string& path, uint64_t max_row_bytes);

/// Finds the columns by name or number. Every row must have as many fields as the header or,
/// without one, the first row: a tab in a text must not shift a label.
class DelimitedReader final : public RowReader {
 public:
  DelimitedReader(const std::string& path, ReadOptions options,
                  std::unique_ptr<FieldSplitter> splitter);

  bool next(Example& example) override;
  const RowOrigin& origin() const override { return splitter_->origin(); }
  int64_t num_blank_lines() const override { return splitter_->num_blank_lines(); }

 private:
  void read_header();
  void find_columns(const std::vector<std::string>& fields);
  size_t find_column(const std::string& column, std::string_view option,
                     const std::vector<std::string>& fields) const;

  std::string path_;
  ReadOptions options_;
  std::unique_ptr<FieldSplitter> splitter_;
  std::vector<std::string> fields_;
  size_t num_columns_ = 0;  ///< 0: not known yet
  size_t text_index_ = 0;
  std::optional<size_t> pair_index_;
  std::optional<size_t> label_index_;
};

}  // namespace finetune::data
