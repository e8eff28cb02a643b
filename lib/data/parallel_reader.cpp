#include "data/parallel_reader.h"

#include "base/error.h"
#include "base/strings.h"
#include "data/bad_row.h"
#include "data/check_bytes.h"

namespace finetune::data {

ParallelReader::ParallelReader(const std::string& path, const ReadOptions& options)
    : source_path_(name_of_source(path)),
      target_path_(options.target_path),
      sources_(open_source(path), options.max_row_bytes),
      targets_(open_source(options.target_path), options.max_row_bytes) {}

bool ParallelReader::next(Example& example) {
  example = {};
  Line source;
  Line target;
  for (;; ++num_blank_lines_) {
    const bool has_source = sources_.next(source);
    const bool has_target = targets_.next(target);
    if (has_source != has_target) refuse_counts(has_source);
    if (!has_source) return false;
    ++num_lines_;
    if (!base::trim(source.text()).empty() || !base::trim(target.text()).empty()) break;
  }
  origin_ = {source.number, source.byte, source.text()};
  check_line(source);
  check_line(target);
  example.text = source.text();
  example.target = target.text();
  example.line = source.number;
  return true;
}

/// Reads the longer file to its end: both counts help to find where the files part.
void ParallelReader::refuse_counts(bool has_source) {
  LineReader& longer = has_source ? sources_ : targets_;
  int64_t num_longer = num_lines_ + 1;
  Line line;
  while (longer.next(line)) ++num_longer;
  throw DataError(base::cat(source_path_, " has ", has_source ? num_longer : num_lines_,
                            " lines and ", target_path_, " has ",
                            has_source ? num_lines_ : num_longer,
                            ": line n of one must be the translation of line n of the other"));
}

}  // namespace finetune::data
