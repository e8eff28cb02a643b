#include "predict.h"

#include <iostream>
#include <nlohmann/json.hpp>
#include <vector>

#include "base/error.h"
#include "base/json.h"
#include "input_lines.h"
#include "run/predictions.h"

namespace finetune::apps {

namespace {

constexpr size_t kMaxLines = 64;

class Printer {
 public:
  Printer(const run::TrainedModel& trained, bool prints_text)
      : trained_(trained), prints_text_(prints_text) {}

  void print(const run::ScoreTable& scores, int64_t num_rows) const {
    for (int64_t row = 0; row < num_rows; ++row) {
      const auto values = scores.row(row);
      std::cout << (prints_text_ ? run::prediction_text(trained_.problem, trained_.labels, values)
                                 : base::dump_json(run::prediction_json(trained_.problem,
                                                                        trained_.labels, values)))
                << '\n';
    }
    std::cout.flush();
    if (!std::cout) throw IoError("writing to standard output failed");
  }

 private:
  const run::TrainedModel& trained_;
  bool prints_text_;
};

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
  const Printer printer(inference.trained(), arguments.prints_text);
  if (!arguments.data.empty()) {
    const auto scored = inference.score_file(arguments.data, /*needs_labels=*/false);
    printer.print(scored.scores, scored.dataset->size());
    return static_cast<int>(ExitCode::kOk);
  }
  const bool has_pairs = arguments.has_pairs || inference.has_pairs();
  for_each_line_batch(kMaxLines, [&](std::span<const std::string> lines) {
    std::vector<data::Example> examples;
    for (const std::string& line : lines) examples.push_back(to_example(line, has_pairs));
    printer.print(inference.score(examples), static_cast<int64_t>(examples.size()));
  });
  return static_cast<int>(ExitCode::kOk);
}

}  // namespace finetune::apps
