#include "tokenize.h"

#include <iostream>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/parallel.h"
#include "input_lines.h"
#include "line_converter.h"
#include "text/tokenizer.h"

namespace finetune::apps {

namespace {

constexpr size_t kMaxLines = 16384;
constexpr int64_t kLinesPerTask = 64;

}  // namespace

int run_tokenize(const TokenizeArguments& arguments) {
  const auto tokenizer = text::load_tokenizer(arguments.tokenizer);
  const int threads = arguments.threads > 0 ? arguments.threads : base::available_processors();
  int64_t lines_before = 0;
  for_each_line_batch(kMaxLines, [&](std::span<const std::string> lines) {
    const int64_t num_lines = std::ssize(lines);
    std::vector<std::string> results(
        static_cast<size_t>((num_lines + kLinesPerTask - 1) / kLinesPerTask));
    const auto convert_task = [&](int64_t begin, int64_t end) {
      LineConverter converter(*tokenizer, arguments);
      for (int64_t i = begin; i < end; ++i) {
        std::string& out = results[static_cast<size_t>(i / kLinesPerTask)];
        converter.convert(lines[static_cast<size_t>(i)], lines_before + i + 1, out);
        out += '\n';
      }
    };
    base::parallel_for(num_lines, kLinesPerTask, threads, convert_task);
    lines_before += num_lines;
    for (const std::string& result : results) std::cout << result;
    std::cout.flush();
    if (!std::cout) throw IoError("writing to standard output failed");
  });
  return static_cast<int>(ExitCode::kOk);
}

}  // namespace finetune::apps
