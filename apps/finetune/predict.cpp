#include "predict.h"

#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/json.h"
#include "base/strings.h"
#include "generation_arguments.h"
#include "input_lines.h"

namespace finetune::apps {

namespace {

constexpr size_t kMaxLines = 64;

/// Writes answers in the order in which they come, each with the number of its input where several
/// lines answer one.
class Printer {
 public:
  explicit Printer(const PredictArguments& arguments) : arguments_(arguments) {}

  void print(const tasks::Answers& answers, int64_t num_rows) {
    for (int64_t row = 0; row < num_rows; ++row) {
      ++number_;
      if (!arguments_.prints_text) {
        std::cout << base::dump_json(answers.to_json(row)) << '\n';
      } else if (arguments_.num_best) {
        print_best(answers, row);
      } else {
        std::cout << answers.to_text(row) << '\n';
      }
    }
    std::cout.flush();
    if (!std::cout) throw IoError("writing to standard output failed");
  }

 private:
  /// "number<TAB>score<TAB>text" for each text, best first.
  void print_best(const tasks::Answers& answers, int64_t row) const {
    const nlohmann::json answer = answers.to_json(row);
    if (!answer.contains("n_best")) {
      print_one(answers.to_text(row), answer.at("score"));
      return;
    }
    for (const nlohmann::json& one : answer.at("n_best"))
      print_one(one.at("text"), one.at("score"));
  }

  void print_one(std::string text, double score) const {
    std::ranges::replace_if(
        text, [](char c) { return c == '\n' || c == '\r' || c == '\t'; }, ' ');
    std::cout << number_ << '\t' << base::to_text(score) << '\t' << text << '\n';
  }

  const PredictArguments& arguments_;
  int64_t number_ = 0;  ///< of the input, from 1
};

data::Example to_example(const std::string& line, bool has_pairs) {
  data::Example example;
  const size_t tab = has_pairs ? line.find('\t') : std::string::npos;
  example.text = line.substr(0, tab);
  if (tab != std::string::npos) example.text_pair = line.substr(tab + 1);
  return example;
}

void check_form(PredictForm form, const tasks::TaskType& type) {
  const bool fits =
      form == PredictForm::kPredict || (form == PredictForm::kGenerate && type.writes_texts()) ||
      (form == PredictForm::kTranslate && type.target_kind() == data::TargetKind::kText);
  if (fits) return;
  throw ConfigError(base::cat(form == PredictForm::kTranslate
                                  ? "'finetune translate' needs a model that turns texts into texts"
                                  : "'finetune generate' needs a model that writes texts",
                              "; this one was trained for ", type.name(), ": use 'finetune ",
                              type.writes_texts() ? "generate'" : "predict'"));
}

void answer_lines(run::Inference& inference, bool has_pairs, Printer& printer) {
  int64_t line_number = 0;
  for_each_line_batch(kMaxLines, [&](std::span<const std::string> lines) {
    std::vector<data::Example> examples;
    for (const std::string& line : lines) {
      examples.push_back(to_example(line, has_pairs));
      examples.back().line = ++line_number;
    }
    printer.print(*inference.answer(examples), static_cast<int64_t>(examples.size()));
  });
}

}  // namespace

int run_predict(const PredictArguments& arguments) {
  run::Inference inference(arguments.model, arguments.columns,
                           generation_overrides(arguments.overrides, arguments.num_best));
  check_form(arguments.form, *inference.trained().type);
  Printer printer(arguments);
  if (arguments.data.empty()) {
    answer_lines(inference, arguments.has_pairs || inference.has_pairs(), printer);
  } else {
    inference.answer_rows(arguments.data, [&](const tasks::Answers& answers, int64_t num_rows) {
      printer.print(answers, num_rows);
    });
  }
  return static_cast<int>(ExitCode::kOk);
}

}  // namespace finetune::apps
