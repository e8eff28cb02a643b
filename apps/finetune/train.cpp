#include "train.h"

#include <signal.h>

#include <cmath>
#include <iostream>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/json.h"
#include "base/strings.h"
#include "run/train_run.h"

namespace finetune::apps {

namespace {

using nlohmann::json;

json to_json(const metrics::Values& values) {
  json object = json::object();
  for (const auto& [name, value] : values) object[name] = value ? json(*value) : json(nullptr);
  return object;
}

json to_json(const run::TrainSummary& summary) {
  json object = {{"status", summary.status},
                 {"output_dir", summary.output_dir.string()},
                 {"steps", summary.num_updates},
                 {"best_step", summary.best_step ? json(*summary.best_step) : json(nullptr)},
                 {"train_seconds", summary.train_seconds},
                 {"tokens_per_second", summary.tokens_per_second}};
  if (!summary.validation.empty()) object["validation"] = to_json(summary.validation);
  if (!summary.test.empty()) object["test"] = to_json(summary.test);
  return object;
}

void print_values(const std::string& split, const metrics::Values& values) {
  if (values.empty()) return;
  std::cout << split << ":";
  for (const auto& [name, value] : values)
    std::cout << "  " << name << " " << (value ? base::to_text(*value) : "undefined");
  std::cout << "\n";
}

void print_text(const run::TrainSummary& summary) {
  std::cout << summary.status << " after " << summary.num_updates << " steps in "
            << std::llround(summary.train_seconds) << " s ("
            << std::llround(summary.tokens_per_second) << " tokens/s)\n";
  print_values("validation", summary.validation);
  print_values("test", summary.test);
  std::cout << "run folder: " << summary.output_dir.string() << "\n";
}

}  // namespace

int run_train(const TrainArguments& arguments) {
  signal(SIGPIPE, SIG_IGN);  // whoever reads our output may leave: the run goes on
  run::TrainSummary summary;
  {
    Progress progress(arguments.progress);
    summary = run::train(
        {run::read_run_config(arguments.config, arguments.overrides), arguments.resume,
         arguments.is_forced, arguments.allows_data_change, arguments.repairs, arguments.load},
        progress);
  }
  if (arguments.prints_json) {
    std::cout << base::dump_json(to_json(summary)) << std::endl;
  } else {
    print_text(summary);
  }
  return static_cast<int>(summary.status == "preempted" ? ExitCode::kPreempted : ExitCode::kOk);
}

}  // namespace finetune::apps
