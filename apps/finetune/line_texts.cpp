#include "line_texts.h"

#include <algorithm>

#include "base/error.h"
#include "base/strings.h"
#include "data/bad_row.h"
#include "data/check_bytes.h"

namespace finetune::apps {

namespace {

void check_text(std::string_view line) {
  try {
    data::check_bytes(line);
  } catch (const data::BadRow& bad) {
    throw DataError(base::cat(bad.message, " (byte ", bad.byte_in_row,
                              " of the line); correct it, or convert the input (iconv -t utf-8)"));
  }
}

}  // namespace

std::pair<std::string_view, std::string_view> split_pair(std::string_view line) {
  const auto num_tabs = std::ranges::count(line, '\t');
  if (num_tabs != 1)
    throw DataError(
        base::cat("expected two texts separated by one tab, found ", num_tabs, " tabs"));
  const size_t tab = line.find('\t');
  return {line.substr(0, tab), line.substr(tab + 1)};
}

data::Example to_example(std::string_view line, bool is_pair, int64_t line_number) {
  return with_context(base::cat("standard input:", line_number), [&] {
    check_text(line);
    data::Example example;
    example.line = line_number;
    if (is_pair) {
      const auto [text, text_pair] = split_pair(line);
      example.text = text;
      example.text_pair = text_pair;
    } else {
      example.text = line;
    }
    return example;
  });
}

}  // namespace finetune::apps
