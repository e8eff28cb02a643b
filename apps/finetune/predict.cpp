#include "predict.h"

#include <iostream>
#include <nlohmann/json.hpp>
#include <vector>

#include "base/error.h"
#include "base/json.h"
#include "input_lines.h"

namespace finetune::apps {

namespace {

constexpr size_t kMaxLines = 64;

void print(const tasks::Answers& answers, int64_t num_rows, bool prints_text) {
  for (int64_t row = 0; row < num_rows; ++row) {
    std::cout << (prints_text ? answers.to_text(row) : base::dump_json(answers.to_json(row)))
              << '\n';
  }
  std::cout.flush();
  if (!std::cout) throw IoError("writing to standard output failed");
}

data::Example to_example(const std::string& line, bool has_pairs) {
  data::Example example;
  const size_t tab = has_pairs ? line.find('\t') : std::string::npos;
  example.text = line.substr(0, tab);
  if (tab != std::string::npos) example.text_pair = line.substr(tab + 1);
  return example;
}

}  // namespace

int run_predict(const PredictArguments& arguments) {
  run::Inference inference(arguments.model, arguments.columns);
  if (!arguments.data.empty()) {
    const auto answered = inference.answer_file(arguments.data, /*needs_targets=*/false);
    print(*answered.answers, answered.dataset->size(), arguments.prints_text);
    return static_cast<int>(ExitCode::kOk);
  }
  const bool has_pairs = arguments.has_pairs || inference.has_pairs();
  for_each_line_batch(kMaxLines, [&](std::span<const std::string> lines) {
    std::vector<data::Example> examples;
    for (const std::string& line : lines) examples.push_back(to_example(line, has_pairs));
    print(*inference.answer(examples), static_cast<int64_t>(examples.size()),
          arguments.prints_text);
  });
  return static_cast<int>(ExitCode::kOk);
}

}  // namespace finetune::apps
