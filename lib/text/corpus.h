#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/mapped_file.h"
#include "text/word_counts.h"

namespace finetune::text {

/// Plain text files, one after another, as blocks of whole lines: files are mapped, "-" is standard
/// input, read in constant memory. Lines end in LF, which stays part of them; a last line without
/// one counts.
class Corpus {
 public:
  explicit Corpus(std::vector<std::string> files) : files_(std::move(files)) {}

  /// The next lines, about `max_bytes` of them (one longer line comes whole), valid until the next
  /// call; empty at the end. Throws DataError naming file and line when they are not valid UTF-8 or
  /// a line of standard input is above 64 MiB, IoError when reading fails.
  std::string_view next(size_t max_bytes);

 private:
  std::string_view next_of_file(size_t max_bytes);
  std::string_view next_of_stdin(size_t max_bytes);
  void check(std::string_view block);

  std::vector<std::string> files_;
  size_t file_index_ = 0;
  std::unique_ptr<base::MappedFile> mapped_;
  size_t position_ = 0;       ///< in the mapped file
  std::string buffer_;        ///< of standard input; begins with the block handed out last
  size_t handed_out_ = 0;     ///< bytes of buffer_
  int64_t lines_before_ = 0;  ///< of the current file, before the block handed out last
};

/// Calls cut(line, counts) for every line of the files, on up to `num_threads` threads, and adds up
/// what it counts. Takes the memory of the distinct words, not of the text. `cut` must be usable
/// from many threads. Throws as Corpus does.
using WordCutter = std::function<void(std::string_view line, WordCounts& counts)>;
WordCounts count_words(const std::vector<std::string>& files, const WordCutter& cut,
                       int num_threads);

}  // namespace finetune::text
