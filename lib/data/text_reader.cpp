#include "data/text_reader.h"

#include "base/strings.h"
#include "data/bad_row.h"
#include "data/check_bytes.h"

namespace finetune::data {

TextReader::TextReader(const std::string& path, const ReadOptions& options)
    : lines_(open_source(path), options.max_row_bytes),
      unit_(options.text_unit),
      max_row_bytes_(options.max_row_bytes) {}

bool TextReader::next(Example& example) {
  example = {};
  const bool is_line = unit_ == TextUnit::kLine || unit_ == TextUnit::kEveryLine;
  return is_line ? next_line(example) : next_lines(example);
}

bool TextReader::next_line(Example& example) {
  Line line;
  for (;; ++num_blank_lines_) {
    if (!lines_.next(line)) return false;
    if (unit_ == TextUnit::kEveryLine || !base::trim(line.text()).empty()) break;
  }
  origin_ = {line.number, line.byte, line.text()};
  check_line(line);
  example.text = line.text();
  example.line = line.number;
  return true;
}

bool TextReader::next_lines(Example& example) {
  raw_.clear();
  Line line;
  while (lines_.next(line)) {
    const bool is_blank = base::trim(line.text()).empty();
    if (is_blank) ++num_blank_lines_;
    if (is_blank && unit_ == TextUnit::kParagraph) {
      if (raw_.empty()) continue;
      break;
    }
    if (raw_.empty()) origin_ = {line.number, line.byte, {}};
    if (line.is_too_long || raw_.size() + line.bytes.size() > max_row_bytes_) {
      refuse_long_row("; cut it into smaller texts");
    }
    raw_ += line.text();
    raw_ += '\n';
  }
  if (raw_.empty()) return false;
  origin_.raw = raw_;
  check_bytes(raw_);
  example.text = raw_;
  example.line = origin_.line;
  return true;
}

}  // namespace finetune::data
