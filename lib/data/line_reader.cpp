#include "data/line_reader.h"

#include <cstring>
#include <utility>

namespace finetune::data {
namespace {

constexpr size_t kReadBytes = size_t{256} << 10;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

}  // namespace

std::string_view Line::text() const {
  std::string_view text = bytes;
  if (text.ends_with('\n')) text.remove_suffix(1);
  if (text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

LineReader::LineReader(std::unique_ptr<ByteSource> source, uint64_t max_bytes)
    : source_(std::move(source)), max_bytes_(max_bytes) {
  while (end_ - begin_ < kByteOrderMark.size() && fill()) {
  }
  if (std::string_view(buffer_.data(), end_).starts_with(kByteOrderMark)) {
    begin_ = kByteOrderMark.size();
    byte_ = static_cast<int64_t>(begin_);
  }
}

bool LineReader::next(Line& line) {
  if (is_inside_long_line_) skip_rest_of_line();
  size_t searched = 0;
  const char* newline = nullptr;
  for (;;) {
    const size_t held = end_ - begin_;
    newline = static_cast<const char*>(
        std::memchr(buffer_.data() + begin_ + searched, '\n', held - searched));
    if (newline != nullptr || held > max_bytes_) break;
    searched = held;
    if (!fill()) break;
  }
  size_t length = newline != nullptr ? static_cast<size_t>(newline - (buffer_.data() + begin_)) + 1
                                     : end_ - begin_;
  if (length == 0) return false;
  line.is_too_long = length > max_bytes_;
  is_inside_long_line_ = line.is_too_long;
  if (line.is_too_long) length = max_bytes_;
  line.bytes = {buffer_.data() + begin_, length};
  line.number = ++line_number_;
  line.byte = byte_;
  begin_ += length;
  byte_ += static_cast<int64_t>(length);
  return true;
}

void LineReader::skip_rest_of_line() {
  is_inside_long_line_ = false;
  for (;;) {
    const auto* newline =
        static_cast<const char*>(std::memchr(buffer_.data() + begin_, '\n', end_ - begin_));
    const size_t length = newline != nullptr
                              ? static_cast<size_t>(newline - (buffer_.data() + begin_)) + 1
                              : end_ - begin_;
    begin_ += length;
    byte_ += static_cast<int64_t>(length);
    if (newline != nullptr || !fill()) return;
  }
}

/// Reads on behind what is held, which moves to the front of the buffer.
bool LineReader::fill() {
  if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  if (buffer_.size() - end_ < kReadBytes) buffer_.resize(end_ + kReadBytes + end_ / 2);
  const size_t count = source_->read({buffer_.data() + end_, buffer_.size() - end_});
  end_ += count;
  return count > 0;
}

}  // namespace finetune::data
