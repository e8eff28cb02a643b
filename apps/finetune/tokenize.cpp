#include "tokenize.h"

#include <iostream>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/log.h"
#include "base/parallel.h"
#include "input_lines.h"
#include "line_converter.h"
#include "line_damage.h"
#include "text/tokenizer.h"

namespace finetune::apps {

namespace {

constexpr size_t kMaxLines = 16384;
constexpr int64_t kLinesPerTask = 64;

struct TaskResult {
  std::string out;
  LineDamage damage;
};

void print(const std::vector<TaskResult>& results) {
  for (const TaskResult& result : results) std::cout << result.out;
  std::cout.flush();
  if (!std::cout) throw IoError("writing to standard output failed");
}

}  // namespace

int run_tokenize(const TokenizeArguments& arguments) {
  const auto tokenizer = text::load_tokenizer(arguments.tokenizer);
  const int threads = arguments.threads > 0 ? arguments.threads : base::available_processors();
  const bool holds_plain_text = !arguments.is_json && !arguments.decodes;
  LineDamage damage;
  int64_t lines_before = 0;
  for_each_line_batch(kMaxLines, [&](std::span<const std::string> lines) {
    const int64_t num_lines = std::ssize(lines);
    std::vector<TaskResult> results(
        static_cast<size_t>((num_lines + kLinesPerTask - 1) / kLinesPerTask));
    const auto convert_task = [&](int64_t begin, int64_t end) {
      LineConverter converter(*tokenizer, arguments);
      for (int64_t i = begin; i < end; ++i) {
        TaskResult& result = results[static_cast<size_t>(i / kLinesPerTask)];
        const std::string& line = lines[static_cast<size_t>(i)];
        const int64_t line_number = lines_before + i + 1;
        converter.convert(line, line_number, result.out);
        result.out += '\n';
        if (holds_plain_text) result.damage.add(line, line_number);
      }
    };
    base::parallel_for(num_lines, kLinesPerTask, threads, convert_task);
    lines_before += num_lines;
    for (const TaskResult& result : results) damage.append(result.damage);
    print(results);
  });
  for (const std::string& warning : damage.warnings()) base::log_warning(warning);
  return static_cast<int>(ExitCode::kOk);
}

}  // namespace finetune::apps
