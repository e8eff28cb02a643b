#include "line_damage.h"

#include "base/strings.h"

namespace finetune::apps {

void LineDamage::Count::add(int64_t num_more, int64_t line_number) {
  if (num_lines == 0) first_line = line_number;
  num_lines += num_more;
}

void LineDamage::add(std::string_view line, int64_t line_number) {
  if (!base::is_valid_utf8(line)) invalid_.add(1, line_number);
  if (line.find('\0') != std::string_view::npos) nul_.add(1, line_number);
}

void LineDamage::append(const LineDamage& later) {
  invalid_.add(later.invalid_.num_lines, later.invalid_.first_line);
  nul_.add(later.nul_.num_lines, later.nul_.first_line);
}

std::vector<std::string> LineDamage::warnings() const {
  std::vector<std::string> texts;
  const auto tell = [&](const Count& count, std::string_view what) {
    if (count.num_lines == 0) return;
    texts.push_back(base::cat("standard input: ", count.num_lines,
                              count.num_lines == 1 ? " line" : " lines", " held ", what,
                              "; first: line ", count.first_line));
  };
  tell(invalid_, "bytes that are not UTF-8, read as U+FFFD");
  tell(nul_, "NUL bytes, which text has none of");
  return texts;
}

}  // namespace finetune::apps
