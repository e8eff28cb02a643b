#include "evaluate.h"

#include <iostream>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/json.h"
#include "generation_arguments.h"
#include "run/evaluation_report.h"

namespace finetune::apps {

namespace {

run::Inference::Answered answer(run::Inference& inference, const EvaluateArguments& arguments) {
  if (!arguments.data.empty()) return inference.answer_file(arguments.data, arguments.target);
  return inference.answer_split(arguments.split.empty() ? "validation" : arguments.split);
}

}  // namespace

int run_evaluate(const EvaluateArguments& arguments) {
  run::Inference inference(arguments.model, arguments.columns,
                           generation_overrides(arguments.overrides, std::nullopt), arguments.load);
  const report::SplitResult result = run::judge(answer(inference, arguments));
  if (arguments.prints_json) {
    nlohmann::json report = run::evaluation_json(result);
    report["model"] = inference.trained().folder.string();
    report["split"] = result.split;
    std::cout << base::dump_json(report) << std::endl;
  } else {
    std::cout << run::evaluation_text(result) << std::flush;
  }
  return static_cast<int>(ExitCode::kOk);
}

}  // namespace finetune::apps
