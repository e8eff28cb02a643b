#include "text/corpus.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <mutex>

#include "base/error.h"
#include "base/parallel.h"
#include "base/strings.h"

namespace finetune::text {

namespace {

constexpr size_t kMaxLineBytes = size_t{64} << 20;
constexpr size_t kReadBytes = size_t{1} << 20;
constexpr size_t kBlockBytes = size_t{16} << 20;
constexpr size_t kTaskBytes = size_t{256} << 10;

/// The length of the first whole lines of `text`, at most `max_bytes` unless the first is longer;
/// npos when that line has no end.
size_t whole_lines(std::string_view text, size_t max_bytes) {
  if (text.size() > max_bytes) {
    const size_t end = text.rfind('\n', max_bytes - 1);
    if (end != std::string_view::npos) return end + 1;
  }
  const size_t end = text.size() > max_bytes ? text.find('\n', max_bytes) : text.rfind('\n');
  return end == std::string_view::npos ? end : end + 1;
}

std::vector<std::string_view> split_tasks(std::string_view block) {
  std::vector<std::string_view> tasks;
  while (!block.empty()) {
    tasks.push_back(block.substr(0, whole_lines(block, kTaskBytes)));
    block.remove_prefix(tasks.back().size());
  }
  return tasks;
}

void count_lines(std::string_view block, const WordCutter& cut, WordCounts& counts) {
  while (!block.empty()) {
    const size_t end = block.find('\n');
    const std::string_view line = block.substr(0, end == std::string_view::npos ? end : end + 1);
    cut(line, counts);
    block.remove_prefix(line.size());
  }
}

}  // namespace

std::string_view Corpus::next(size_t max_bytes) {
  while (file_index_ < files_.size()) {
    const std::string& file = files_[file_index_];
    if (file != "-" && !mapped_) mapped_ = std::make_unique<base::MappedFile>(file);
    const std::string_view block = mapped_ ? next_of_file(max_bytes) : next_of_stdin(max_bytes);
    if (!block.empty()) {
      check(block);
      return block;
    }
    mapped_.reset();
    position_ = 0;
    lines_before_ = 0;
    ++file_index_;
  }
  return {};
}

std::string_view Corpus::next_of_file(size_t max_bytes) {
  const std::string_view rest = mapped_->text().substr(position_);
  const std::string_view block = rest.substr(0, whole_lines(rest, max_bytes));
  position_ += block.size();
  return block;
}

std::string_view Corpus::next_of_stdin(size_t max_bytes) {
  buffer_.erase(0, handed_out_);
  handed_out_ = 0;
  while (buffer_.size() < max_bytes || buffer_.find('\n') == std::string::npos) {
    const size_t size = buffer_.size();
    if (size > kMaxLineBytes) throw DataError("standard input: a line is longer than 64 MiB");
    buffer_.resize(size + kReadBytes);
    ssize_t count = -1;
    do {
      count = read(STDIN_FILENO, buffer_.data() + size, kReadBytes);
    } while (count < 0 && errno == EINTR);
    buffer_.resize(size + static_cast<size_t>(std::max<ssize_t>(count, 0)));
    if (count < 0) throw IoError(base::cat("reading standard input: ", std::strerror(errno)));
    if (count == 0) break;
  }
  const std::string_view block =
      std::string_view(buffer_).substr(0, whole_lines(buffer_, max_bytes));
  handed_out_ = block.size();
  return block;
}

void Corpus::check(std::string_view block) {
  if (base::is_valid_utf8(block)) {
    lines_before_ += std::ranges::count(block, '\n');
    return;
  }
  int64_t line = lines_before_ + 1;
  while (base::is_valid_utf8(block.substr(0, block.find('\n')))) {
    block.remove_prefix(block.find('\n') + 1);
    ++line;
  }
  const std::string& file = files_[file_index_];
  throw DataError(base::cat(
      file == "-" ? "standard input" : file, ":", line,
      ": the text is not valid UTF-8; convert it first (iconv -f LATIN1 -t UTF-8), or, if the file "
      "is compressed, pipe what zcat or zstdcat gives into '-'"));
}

WordCounts count_words(const std::vector<std::string>& files, const WordCutter& cut,
                       int num_threads) {
  WordCounts all;
  std::mutex mutex;
  Corpus corpus(files);
  for (std::string_view block = corpus.next(kBlockBytes); !block.empty();
       block = corpus.next(kBlockBytes)) {
    const std::vector<std::string_view> tasks = split_tasks(block);
    const auto count_task = [&](int64_t begin, int64_t end) {
      WordCounts counts;
      for (int64_t i = begin; i < end; ++i) count_lines(tasks[static_cast<size_t>(i)], cut, counts);
      const std::lock_guard lock(mutex);
      all.add_all(counts);
    };
    base::parallel_for(std::ssize(tasks), 1, num_threads, count_task);
  }
  return all;
}

}  // namespace finetune::text
