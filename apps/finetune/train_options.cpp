#include "train_options.h"

#include "common_options.h"

namespace finetune::apps {

const char* const kTrainExamples =
    "  finetune train configs/amazon-reviews.json\n"
    "  finetune train configs/amazon-reviews.json --set optimizer.learning_rate=3e-5\n"
    "  finetune train run.json training.batch_size=16 --seed=2 --output_dir=runs/two --json\n"
    "Starting it again goes on from the last checkpoint.";

void add_train_options(CLI::App& command, TrainArguments& arguments) {
  command.add_option("config", arguments.config, "Config file")->required();
  describe_overrides(command);
  add_choice<run::ResumeMode>(command, "--resume", arguments.resume,
                              {{"auto", run::ResumeMode::kAuto},
                               {"must", run::ResumeMode::kMust},
                               {"never", run::ResumeMode::kNever}})
      ->description("auto: go on from the last checkpoint if there is one; must; never");
  command.add_flag("--force", arguments.is_forced,
                   "Resume although keys that change the training differ");
  command.add_flag("--allow-data-change", arguments.allows_data_change,
                   "Resume although the data differs");
  command.add_flag("--repair", arguments.repairs,
                   "Rename damaged checkpoints of the run to damaged-checkpoint-N");
  add_load_flags(command, arguments.load);
  command.add_flag("--json", arguments.prints_json,
                   "Print the result as one JSON object, the last line of stdout");
  add_choice<ProgressMode>(
      command, "--progress", arguments.progress,
      {{"auto", ProgressMode::kAuto}, {"on", ProgressMode::kOn}, {"off", ProgressMode::kOff}})
      ->description("auto: a bar on a terminal, else lines; on; off");
}

}  // namespace finetune::apps
