#include "command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <utility>

#include "base/error.h"
#include "base/log.h"
#include "base/strings.h"
#include "explain.h"
#include "export.h"
#include "inspect.h"
#include "model_options.h"
#include "overrides.h"
#include "render.h"
#include "run/environment.h"
#include "schema.h"
#include "score_options.h"
#include "tokenizer_options.h"
#include "train.h"
#include "validate.h"

namespace finetune::apps {

namespace {

using Action = std::function<int()>;

/// The program with its subcommands. Each add_x() declares one and says what runs when it is
/// chosen.
class CommandLine {
 public:
  explicit CommandLine(std::vector<std::string> overrides) : overrides_(std::move(overrides)) {
    app_.require_subcommand(1);
    app_.set_version_flag("--version", run::program_text);
    app_.add_flag("-v,--verbose", is_verbose_, "More log lines");
    app_.add_flag("-q,--quiet", is_quiet_, "Only warnings and errors");
    app_.footer(
        "Examples:\n"
        "  finetune train configs/amazon-reviews.json\n"
        "  finetune train configs/amazon-reviews.json optimizer.learning_rate=3e-5 --seed=7\n"
        "  finetune predict runs/amazon-reviews < lines.txt\n"
        "Results go to stdout, everything else to stderr. 'finetune COMMAND --help' tells more.");
    app_.fallthrough();
    add_train();
    add_evaluate();
    add_predict();
    add_export();
    add_inspect();
    add_tokenizer_commands();
    add_score();
    add_config_commands();
  }

  int run(std::vector<std::string> arguments) {
    check_command(arguments);
    try {
      std::reverse(arguments.begin(), arguments.end());  // CLI11 takes them last first
      app_.parse(std::move(arguments));
    } catch (const CLI::Success& asked) {
      return app_.exit(asked);  // --help, --version
    } catch (const CLI::ParseError& error) {
      throw ConfigError(base::cat(error.what(), "; see 'finetune --help'"));
    }
    if (is_verbose_) base::set_log_level(base::LogLevel::kDebug);
    if (is_quiet_) {
      base::set_log_level(base::LogLevel::kWarning);
      train_.progress = ProgressMode::kOff;
    }
    CLI::App* chosen = app_.get_subcommands().front();
    if (!overrides_.empty() && !takes_overrides_.contains(chosen)) {
      throw ConfigError(base::cat(base::quote(overrides_.front()), ": '", chosen->get_name(),
                                  "' takes no overrides of config keys"));
    }
    return actions_.at(chosen)();
  }

 private:
  /// Names a wrong command, which CLI11 would only call missing.
  void check_command(const std::vector<std::string>& arguments) const {
    const auto word =
        std::ranges::find_if(arguments, [](const std::string& a) { return !a.starts_with('-'); });
    if (word == arguments.end()) return;
    std::vector<std::string> names;
    for (const CLI::App* command : app_.get_subcommands({})) names.push_back(command->get_name());
    if (std::ranges::find(names, *word) != names.end()) return;
    const auto near = base::nearest(*word, names);
    throw ConfigError(base::cat("unknown command ", base::quote(*word),
                                near ? "; did you mean " + *near + "?" : "",
                                " Commands: ", base::join(names, ", ")));
  }

  CLI::App* add(const std::string& name, const std::string& help, const std::string& examples,
                Action action) {
    CLI::App* command = app_.add_subcommand(name, help);
    command->footer("Examples:\n" + examples);
    actions_[command] = std::move(action);
    return command;
  }

  void add_train() {
    CLI::App* command = add(
        "train", "Fine-tune a model as a config file says",
        "  finetune train configs/amazon-reviews.json\n"
        "  finetune train configs/amazon-reviews.json --set optimizer.learning_rate=3e-5\n"
        "  finetune train run.json training.batch_size=16 --seed=2 --output_dir=runs/two --json\n"
        "Starting it again goes on from the last checkpoint.",
        [this] {
          train_.overrides = overrides_;
          return run_train(train_);
        });
    takes_overrides_.insert(command);
    command->add_option("config", train_.config, "Config file")->required();
    command
        ->add_option("--resume", train_.resume,
                     "auto: go on from the last checkpoint if there is one; must; never")
        ->transform(CLI::CheckedTransformer(
            std::map<std::string, run::ResumeMode>{{"auto", run::ResumeMode::kAuto},
                                                   {"must", run::ResumeMode::kMust},
                                                   {"never", run::ResumeMode::kNever}}))
        ->option_text("auto|must|never");
    command->add_flag("--force", train_.is_forced,
                      "Resume although keys that change the training differ");
    command->add_flag("--allow-data-change", train_.allows_data_change,
                      "Resume although the data differs");
    command->add_flag("--repair", train_.repairs,
                      "Rename damaged checkpoints of the run to damaged-checkpoint-N");
    command->add_flag("--allow-nonfinite", train_.allows_nonfinite,
                      "Start from weights that hold NaN or infinity");
    command->add_flag("--allow-unused", train_.allows_unused,
                      "Leave out tensors of the checkpoint that the model does not know or whose "
                      "type is not supported");
    command->add_flag("--json", train_.prints_json,
                      "Print the result as one JSON object, the last line of stdout");
    command
        ->add_option("--progress", train_.progress,
                     "auto: a bar on a terminal, else lines; on; off")
        ->transform(CLI::CheckedTransformer(std::map<std::string, ProgressMode>{
            {"auto", ProgressMode::kAuto}, {"on", ProgressMode::kOn}, {"off", ProgressMode::kOff}}))
        ->option_text("auto|on|off");
  }

  void add_evaluate() {
    CLI::App* command =
        add("evaluate", "Full metric report of a run or a model", kEvaluateExamples, [this] {
          evaluate_.overrides = overrides_;
          return run_evaluate(evaluate_);
        });
    takes_overrides_.insert(command);
    add_evaluate_options(*command, evaluate_);
  }

  void add_predict() {
    add_predict_form("predict", "Answer lines of stdin or the rows of a file, one JSON object each",
                     kPredictExamples, predict_);
    translate_.form = PredictForm::kTranslate;
    add_predict_form("translate", "Translate or summarize lines of stdin, a line each",
                     kTranslateExamples, translate_);
    generate_.form = PredictForm::kGenerate;
    add_predict_form("generate", "Go on from prompts on stdin, a line each", kGenerateExamples,
                     generate_);
  }

  void add_predict_form(const std::string& name, const std::string& help,
                        const std::string& examples, PredictArguments& arguments) {
    CLI::App* command = add(name, help, examples, [this, &arguments] {
      arguments.overrides = overrides_;
      return run_predict(arguments);
    });
    takes_overrides_.insert(command);
    add_predict_options(*command, arguments);
  }

  void add_export() {
    CLI::App* command =
        add("export", "Write a model folder that Hugging Face tools load",
            "  finetune export runs/sst2 out/sst2", [this] { return run_export(export_); });
    command->add_option("source", export_.source, "Run folder, checkpoint or Hugging Face folder")
        ->required();
    command->add_option("target", export_.target, "The folder to write")->required();
    command->add_flag("--overwrite", export_.overwrites, "Replace an earlier export");
  }

  void add_inspect() {
    CLI::App* command =
        add("inspect", "What a run, checkpoint, model, tokenizer, weight or data file holds",
            "  finetune inspect runs/sst2\n  finetune inspect model.safetensors --json",
            [this] { return run_inspect(inspected_, prints_json_); });
    command->add_option("path", inspected_, "File or folder")->required();
    command->add_flag("--json", prints_json_, "Print one JSON object");
  }

  void add_tokenizer_commands() {
    add_tokenize_options(*add("tokenize", "Turn lines of stdin into tokens, or ids into text",
                              kTokenizeExamples, [this] { return run_tokenize(tokenize_); }),
                         tokenize_);
    add_train_tokenizer_options(
        *add("train-tokenizer", "Train a vocabulary on text files and write a tokenizer folder",
             kTrainTokenizerExamples, [this] { return run_train_tokenizer(train_tokenizer_); }),
        train_tokenizer_);
  }

  void add_score() {
    CLI::App* command = add("score", "Score generated texts against references, as sacreBLEU does",
                            kScoreExamples, [this] { return run_score(score_); });
    add_score_options(*command, score_);
  }

  void add_config_commands() {
    CLI::App* validate = add("validate", "Check a config file: every error at once",
                             "  finetune validate run.json", [this] {
                               return run_validate({config_, overrides_});
                             });
    CLI::App* render = add("render", "Print a config file with every default",
                           "  finetune render run.json --seed=3", [this] {
                             return run_render({config_, overrides_});
                           });
    for (CLI::App* command : {validate, render}) {
      command->add_option("config", config_, "Config file")->required();
      takes_overrides_.insert(command);
    }
    CLI::App* schema = add("schema", "Print the JSON Schema of config files",
                           "  finetune schema > config.schema.json",
                           [this] { return run_schema(prints_markdown_); });
    schema->add_flag("--markdown", prints_markdown_, "Print the documentation of all keys instead");
    CLI::App* explain =
        add("explain", "Explain keys or sections of config files",
            "  finetune explain training.batch_size", [this] { return run_explain(keys_); });
    explain->add_option("key", keys_, "Keys or sections")->required();
  }

  CLI::App app_{"Fine-tunes pretrained transformers as one JSON file says.", "finetune"};
  std::map<CLI::App*, Action> actions_;
  std::set<CLI::App*> takes_overrides_;
  std::vector<std::string> overrides_;
  bool is_verbose_ = false;
  bool is_quiet_ = false;

  TrainArguments train_;
  EvaluateArguments evaluate_;
  PredictArguments predict_;
  PredictArguments translate_;
  PredictArguments generate_;
  ExportArguments export_;
  TokenizeArguments tokenize_;
  TrainTokenizerArguments train_tokenizer_;
  ScoreArguments score_;
  std::filesystem::path config_;
  std::filesystem::path inspected_;
  std::vector<std::string> keys_;
  bool prints_json_ = false;
  bool prints_markdown_ = false;
};

}  // namespace

int run_command_line(const std::vector<std::string>& arguments) {
  SplitArguments split = split_overrides(arguments);
  return CommandLine(std::move(split.overrides)).run(std::move(split.arguments));
}

}  // namespace finetune::apps
