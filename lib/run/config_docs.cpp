#include "config/documentation.h"
#include "config/fields.h"
#include "run/run_config.h"

namespace finetune::run {
namespace {

constexpr std::string_view kIntroduction = R"(# The config file

One JSON file is one complete run. This page is made by `finetune schema --markdown` from the same
table that reads the file; `finetune explain KEY` shows one key, `finetune schema` prints the JSON
Schema for editors, `finetune validate CONFIG` checks a file and `finetune render CONFIG` prints it
with every default filled in.

- The file is strict JSON: no comments, no trailing commas. Every error is reported at once, with its
  line, its key and the nearest known key.
- Paths are relative to the config file; those given on the command line, to the working directory.
  `"-"` is standard input.
- `null` stands for a key that is not given.
- A length of training is a number and a unit: `"500 steps"`, `"0.25 epochs"`, `"20 minutes"`,
  `"1e6 tokens"`. A bare number is steps.
- Any key can be set on the command line: `--set training.batch_size=16`, `training.batch_size=16`
  or `--training.batch_size=16`. The value is JSON, or else a string.
- Keys that Hugging Face's Trainer knows by another name (`per_device_train_batch_size`, ...) are
  errors that show the line to write here.
)";

}  // namespace

std::string config_docs() {
  RunConfig defaults;
  defaults.task.shows_every_type = true;
  config::Fields fields;
  defaults.describe(fields);
  return std::string(kIntroduction) + config::markdown(fields);
}

}  // namespace finetune::run
