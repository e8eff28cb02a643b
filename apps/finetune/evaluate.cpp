#include "evaluate.h"

#include <iostream>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/json.h"
#include "run/evaluation_report.h"
#include "run/split_result.h"

namespace finetune::apps {

namespace {

run::Inference::Scored score(run::Inference& inference, const EvaluateArguments& arguments) {
  if (!arguments.data.empty()) return inference.score_file(arguments.data, /*needs_labels=*/true);
  return inference.score_split(arguments.split.empty() ? "validation" : arguments.split);
}

}  // namespace

int run_evaluate(const EvaluateArguments& arguments) {
  run::Inference inference(arguments.model, arguments.columns);
  const run::Inference::Scored scored = score(inference, arguments);
  const run::TrainedModel& trained = inference.trained();
  const report::SplitResult result =
      run::judge_split({scored.split, trained.problem, trained.labels, *scored.dataset,
                        scored.scores, scored.values});
  if (arguments.prints_json) {
    nlohmann::json report = run::evaluation_json(result);
    report["model"] = trained.folder.string();
    report["split"] = result.split;
    std::cout << base::dump_json(report) << std::endl;
  } else {
    std::cout << run::evaluation_text(result) << std::flush;
  }
  return static_cast<int>(ExitCode::kOk);
}

}  // namespace finetune::apps
