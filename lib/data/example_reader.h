#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "data/bad_rows.h"
#include "data/example.h"
#include "data/row_reader.h"

namespace finetune::data {

/// The usable examples of one file, one by one, in bounded memory: rows that cannot be used go to
/// `bad_rows`.
class ExampleReader {
 public:
  ExampleReader(const std::string& path, ReadOptions options, BadRows& bad_rows);

  /// The next example that passes every check of its own row (texts present, label of the right
  /// kind); false at the end.
  bool next(Example& example);

  /// Also refuses the example that `next` gave last (its label is in no map).
  void refuse(const BadRow& bad) { bad_rows_.add(bad, reader_->origin()); }

  int64_t num_blank_lines() const { return reader_->num_blank_lines(); }

 private:
  ReadOptions options_;
  BadRows& bad_rows_;
  std::unique_ptr<RowReader> reader_;
};

}  // namespace finetune::data
