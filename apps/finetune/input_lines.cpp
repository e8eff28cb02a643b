#include "input_lines.h"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/strings.h"

namespace finetune::apps {

namespace {

constexpr size_t kMaxLineBytes = size_t{64} << 20;

class LineBatches {
 public:
  LineBatches(size_t max_lines, const std::function<void(std::span<const std::string>)>& take)
      : max_lines_(max_lines), take_(take) {}

  void add(std::string_view bytes) {
    for (size_t end = bytes.find('\n'); end != std::string_view::npos; end = bytes.find('\n')) {
      partial_.append(bytes.substr(0, end));
      bytes.remove_prefix(end + 1);
      end_line();
    }
    partial_.append(bytes);
    if (partial_.size() > kMaxLineBytes) {
      throw DataError(base::cat("standard input: line ", num_lines_ + 1, " is longer than 64 MiB"));
    }
  }
  void finish() {
    if (!partial_.empty()) end_line();
    flush();
  }
  void flush() {
    if (lines_.empty()) return;
    take_(lines_);
    lines_.clear();
  }

 private:
  void end_line() {
    if (partial_.ends_with('\r')) partial_.pop_back();
    lines_.push_back(std::move(partial_));
    partial_.clear();
    ++num_lines_;
    if (lines_.size() == max_lines_) flush();
  }

  size_t max_lines_;
  const std::function<void(std::span<const std::string>)>& take_;
  std::string partial_;
  std::vector<std::string> lines_;
  int64_t num_lines_ = 0;
};

}  // namespace

void for_each_line_batch(size_t max_lines,
                         const std::function<void(std::span<const std::string>)>& take) {
  LineBatches batches(max_lines, take);
  std::vector<char> buffer(size_t{1} << 20);
  for (;;) {
    const ssize_t count = read(STDIN_FILENO, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw IoError(base::cat("reading standard input: ", std::strerror(errno)));
    if (count == 0) break;
    batches.add({buffer.data(), static_cast<size_t>(count)});
    batches.flush();
  }
  batches.finish();
}

}  // namespace finetune::apps
