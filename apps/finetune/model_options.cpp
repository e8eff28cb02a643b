#include "model_options.h"

#include <string>

#include "common_options.h"

namespace finetune::apps {

namespace {

constexpr const char* kGenerationKeys =
    "\nKeys of the config section 'generation' may follow, with or without its name: num_beams=5,\n"
    "--num_beams=5 or generation.num_beams=5; 'finetune explain generation' lists them. They come\n"
    "before the run's config, and that before the model's generation_config.json.";

constexpr const char* kLines =
    "\nA line or row that is not UTF-8, holds a NUL, or is no pair where the model takes pairs,\n"
    "and a row of TSV, CSV or JSONL whose text is empty, ends the command with exit code 3 and a\n"
    "message that names it.";

void add_model(CLI::App& command, std::filesystem::path& model) {
  command.add_option("model", model, "Run folder, checkpoint or Hugging Face folder")->required();
}

/// Options that say how the file of `data` is read.
void add_columns(CLI::App& command, CLI::Option* data, run::ColumnOptions& columns) {
  command
      .add_option("--text-column", columns.text,
                  "Column with the text (default: as the run was configured)")
      ->needs(data);
  command.add_option("--text-pair-column", columns.text_pair, "Column with the second text")
      ->needs(data);
  command
      .add_flag("--no-header", columns.has_no_header,
                "The file has no header: columns are numbers from 0")
      ->needs(data);
}

/// Options of scoring translations that are given; -> --score.
CLI::Option* add_given_options(CLI::App& command, CLI::Option* data, PredictArguments& arguments) {
  CLI::Option* score = command.add_flag(
      "--score", arguments.scores_targets,
      "Write nothing, but say how likely the model finds translations that are given: lines hold "
      "a text, a tab and its translation. A line each: log-probability, its number of tokens with "
      "the end, and the quotient, separated by tabs; json: \"log_probability\", \"num_tokens\", "
      "\"mean_log_probability\"");
  CLI::Option* label = command.add_option("--label-column", arguments.columns.label,
                                          "With --score: column with the translation");
  label->needs(data)->needs(score);
  command
      .add_option("--target", arguments.target,
                  "With --score: plain text whose line n is the translation of line n of the data, "
                  "plain text too")
      ->needs(data)
      ->needs(score)
      ->excludes(label);
  return score;
}

}  // namespace

const char* const kEvaluateExamples =
    "  finetune evaluate runs/sst2 --split test\n"
    "  finetune evaluate runs/sst2 --data other.tsv --label-column label --json\n"
    "  finetune evaluate runs/en-de --data test.en --target test.de num_beams=5\n";

const char* const kPredictExamples =
    "  finetune predict runs/sst2 < lines.txt\n"
    "  finetune predict runs/sst2 --data test.tsv --format text\n"
    "  finetune predict runs/en-de --n-best 3 < lines.en\n";

const char* const kTranslateExamples =
    "  finetune translate runs/en-de < lines.en > lines.de\n"
    "  finetune translate models/opus-mt-en-de num_beams=5 length_penalty=0.6 < lines.en\n"
    "  finetune translate runs/en-de --n-best 3 --format json < lines.en\n"
    "  finetune translate runs/en-de --data test.tsv --text-column en\n"
    "  finetune translate runs/en-de --score --data test.en --target test.de\n";

const char* const kGenerateExamples =
    "  finetune generate runs/shakespeare < prompts.txt\n"
    "  finetune generate models/gpt2 do_sample=true top_p=0.9 temperature=0.8 seed=7 < "
    "prompts.txt\n"
    "  finetune generate models/gpt2 num_beams=4 --n-best 4 max_new_tokens=40 < prompts.txt\n";

void add_evaluate_options(CLI::App& command, EvaluateArguments& arguments) {
  add_model(command, arguments.model);
  auto* split = command.add_option("--split", arguments.split,
                                   "train, validation (default) or test of the run");
  CLI::Option* data = command.add_option("--data", arguments.data, "A data file instead");
  data->excludes(split);
  add_columns(command, data, arguments.columns);
  CLI::Option* label =
      command.add_option("--label-column", arguments.columns.label,
                         "Column with the label, or with the text that the model is to write");
  label->needs(data);
  command
      .add_option("--target", arguments.target,
                  "Plain text whose line n is the right answer to line n of the data, plain text "
                  "too")
      ->needs(data)
      ->excludes(label);
  add_load_flags(command, arguments.load);
  command.add_flag("--json", arguments.prints_json, "Print one JSON object");
  command.footer(command.get_footer() + kGenerationKeys);
}

void add_predict_options(CLI::App& command, PredictArguments& arguments) {
  const bool is_plain = arguments.form == PredictForm::kPredict;
  arguments.prints_text = !is_plain;
  add_model(command, arguments.model);
  CLI::Option* data = command.add_option("--data", arguments.data, "A data file instead of lines");
  add_columns(command, data, arguments.columns);
  add_choice<bool>(command, "--format", arguments.prints_text, {{"json", false}, {"text", true}})
      ->description(std::string("json (") + (is_plain ? "default" : "an object a line") +
                    "), or text" + (is_plain ? "" : " (default)") +
                    ": the label or the written text only, line ends in it as spaces, other "
                    "control characters as \\xNN");
  CLI::Option* num_best =
      command
          .add_option(
              "--n-best", arguments.num_best,
              "So many texts for each input, best first. json: \"n_best\": [{\"text\", "
              "\"score\"}, ...]; text: a line each: number of the input, score, text, separated "
              "by tabs. Beams become as many unless num_beams is given")
          ->check(whole_number(1, 1000));
  if (is_plain) {
    command.add_flag(
        "--pairs", arguments.has_pairs,
        "Lines hold two texts, separated by one tab (default: as the run was configured)");
  }
  if (arguments.form == PredictForm::kTranslate)
    add_given_options(command, data, arguments)->excludes(num_best);
  add_load_flags(command, arguments.load);
  command.footer(command.get_footer() + kLines + kGenerationKeys);
}

}  // namespace finetune::apps
