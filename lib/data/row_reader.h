#pragma once

#include <memory>
#include <string>

#include "data/bad_row.h"
#include "data/example.h"
#include "data/read_options.h"

namespace finetune::data {

/// One file format: gives the rows of a file one by one, in bounded memory.
class RowReader {
 public:
  virtual ~RowReader() = default;

  /// The next row's columns as an Example; false at the end. Throws BadRow for a row that cannot be
  /// read (the next call goes on behind it) and DataError when nothing more can be read.
  virtual bool next(Example& example) = 0;

  /// Of the row that `next` gave or refused last; `raw` is valid until the next call.
  virtual const RowOrigin& origin() const = 0;

  virtual int64_t num_blank_lines() const = 0;
};

/// A reader for `path` by its format; reads the header, where there is one. Throws ConfigError for
/// an unknown ending or a column number that is none, DataError for a missing file or column, and
/// for plain text where a column of labels or target texts is to be read.
std::unique_ptr<RowReader> make_row_reader(const std::string& path, const ReadOptions& options);

/// Whether a file of that name is plain text, which has no columns.
bool is_plain_text(const std::string& path);

/// Labels of one text field: split at ';' and trimmed for multi-label data, else the trimmed field.
std::vector<std::string> labels_of_field(std::string_view field, TargetKind kind);

}  // namespace finetune::data
