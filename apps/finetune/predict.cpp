#include "predict.h"

#include <algorithm>
#include <exception>
#include <iostream>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/error.h"
#include "base/json.h"
#include "base/strings.h"
#include "generation_arguments.h"
#include "input_lines.h"
#include "line_texts.h"
#include "terminal_text.h"

namespace finetune::apps {

namespace {

constexpr size_t kMaxLines = 64;

/// Line ends as spaces; other control characters, which names of labels may hold, cannot act on a
/// terminal.
std::string one_line(std::string text) {
  std::ranges::replace_if(
      text, [](char c) { return c == '\n' || c == '\r'; }, ' ');
  return terminal_text(text);
}

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
      } else if (arguments_.scores_targets) {
        std::cout << answers.to_text(row) << '\n';  // with tabs
      } else {
        std::cout << one_line(answers.to_text(row)) << '\n';
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
    std::ranges::replace(text, '\t', ' ');
    std::cout << number_ << '\t' << base::to_text(score) << '\t' << one_line(std::move(text))
              << '\n';
  }

  const PredictArguments& arguments_;
  int64_t number_ = 0;  ///< of the input, from 1
};

/// "source<TAB>target"
data::Example to_scored_example(const std::string& line, int64_t number) {
  data::Example example = to_example(line, /*is_pair=*/false, number);
  const size_t tab = line.find('\t');
  if (tab != std::string::npos) {
    example.target = line.substr(tab + 1);
    example.text.resize(tab);
  }
  if (base::trim(example.target).empty()) {
    throw DataError(base::cat("line ", number,
                              ": expected a text, a tab and its translation, found ",
                              base::quote(line, 60)));
  }
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

void answer_lines(run::Inference& inference, const PredictArguments& arguments,
                  const run::Inference::Take& print) {
  const bool has_pairs = arguments.has_pairs || inference.has_pairs();
  int64_t line_number = 0;
  for_each_line_batch(kMaxLines, [&](std::span<const std::string> lines) {
    std::vector<data::Example> examples;
    std::exception_ptr bad_line;  // which ends the answers, after those of the lines before it
    for (const std::string& line : lines) {
      try {
        ++line_number;
        examples.push_back(arguments.scores_targets ? to_scored_example(line, line_number)
                                                    : to_example(line, has_pairs, line_number));
      } catch (const DataError&) {
        bad_line = std::current_exception();
        break;
      }
    }
    if (arguments.scores_targets) {
      inference.score_in_order(examples, print);
    } else {
      inference.answer_in_order(examples, print);
    }
    if (bad_line) std::rethrow_exception(bad_line);
  });
}

}  // namespace

int run_predict(const PredictArguments& arguments) {
  if (arguments.scores_targets && !arguments.overrides.empty()) {
    throw ConfigError(base::cat(base::quote(arguments.overrides.front()),
                                ": settings of generation have no effect with --score"));
  }
  run::Inference inference(arguments.model, arguments.columns,
                           generation_overrides(arguments.overrides, arguments.num_best),
                           arguments.load);
  check_form(arguments.form, *inference.trained().type);
  Printer printer(arguments);
  const auto print = [&](const tasks::Answers& answers, int64_t num_rows) {
    printer.print(answers, num_rows);
  };
  if (arguments.data.empty()) {
    answer_lines(inference, arguments, print);
  } else if (arguments.scores_targets) {
    inference.score_rows(arguments.data, arguments.target, print);
  } else {
    inference.answer_rows(arguments.data, print);
  }
  return static_cast<int>(ExitCode::kOk);
}

}  // namespace finetune::apps
