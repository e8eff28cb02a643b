#include "run/samples.h"

#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <numeric>
#include <span>

#include "base/error.h"
#include "base/files.h"
#include "base/json.h"
#include "base/log.h"
#include "base/strings.h"
#include "report/append_file.h"

namespace finetune::run {

using nlohmann::json;

namespace {

void keep_lines_up_to(const std::filesystem::path& file, int64_t step) {
  if (!std::filesystem::exists(file)) return;
  std::string kept;
  for (const std::string& line : base::split(base::read_file(file), '\n')) {
    if (line.empty()) continue;
    const json object = base::parse_json(line, file.string());
    if (object.value("step", int64_t{0}) <= step) kept += line + "\n";
  }
  base::write_file_durably(base::posix_fs(), file, kept);
}

}  // namespace

Samples::Samples(tasks::Task& task, const DataText& text, SampleOptions options)
    : task_(task), text_(text), options_(std::move(options)) {
  options_.num_rows = std::min(options_.num_rows, text_.dataset.size());
  keep_lines_up_to(options_.file, options_.resume_step);
  if (text_.path == "-") return;
  data::visit_examples(text_.path, text_.read, text_.dataset,
                       [&](int64_t row, const data::Example& example) {
                         if (row < options_.num_rows) examples_.push_back(example);
                       });
}

std::optional<metrics::Values> Samples::judge(const train::Position& position,
                                              const std::function<bool()>& should_stop) {
  const at::NoGradGuard no_grad;
  const auto evaluation = task_.start_evaluation({tasks::AnswerMode::kQuick, options_.num_rows});
  for (int64_t begin = 0; begin < options_.num_rows; begin += options_.batch_size) {
    if (should_stop()) return std::nullopt;
    std::vector<int64_t> rows(
        static_cast<size_t>(std::min(options_.batch_size, options_.num_rows - begin)));
    std::iota(rows.begin(), rows.end(), begin);
    evaluation->add(data::make_batch(text_.dataset, rows));
  }
  const auto answers = evaluation->take_answers();
  for (size_t row = 0; row < examples_.size(); ++row)
    answers->meet(static_cast<int64_t>(row), examples_[row]);
  show(*answers, position);
  return answers->values();
}

/// One JSON line a sample: step, text, what the data says, the answer.
void Samples::show(const tasks::Answers& answers, const train::Position& position) const {
  report::AppendFile file(options_.file);
  for (int64_t row = 0; row < std::min(options_.num_shown, options_.num_rows); ++row) {
    json line = {{"step", position.updates}, {"line", text_.dataset.source_line(row)}};
    if (static_cast<size_t>(row) < examples_.size()) {
      const data::Example& example = examples_[static_cast<size_t>(row)];
      line["text"] = example.text;
      line["target"] = answers.expected_json(example);
    }
    line.update(answers.to_json(row));
    file.append(base::dump_json(line) + "\n");
    base::log_info(base::cat("sample: ", base::quote(line.value("text", ""), 200), " -> ",
                             base::quote(answers.to_text(row), 200)));
  }
}

}  // namespace finetune::run
