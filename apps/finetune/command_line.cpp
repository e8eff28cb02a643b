#include "command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <utility>

#include "argument_errors.h"
#include "base/error.h"
#include "base/log.h"
#include "base/strings.h"
#include "common_options.h"
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
#include "train_options.h"
#include "validate.h"

namespace finetune::apps {

namespace {

using Action = std::function<int()>;

/// The program with its subcommands. Each add_x() declares one and says what runs when it is
/// chosen.
class CommandLine {
 public:
  CommandLine() {
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
    SplitArguments split = split_overrides(arguments);
    const CLI::App* named = find_command(split.arguments);
    if (takes_overrides_.contains(named)) {
      arguments = std::move(split.arguments);
      overrides_ = std::move(split.overrides);
    }
    try {
      std::reverse(arguments.begin(), arguments.end());  // CLI11 takes them last first
      app_.parse(std::move(arguments));
    } catch (const CLI::Success& asked) {
      return app_.exit(asked);  // --help, --version
    } catch (const CLI::ParseError& error) {
      refuse(error, named);
    }
    if (is_verbose_) base::set_log_level(base::LogLevel::kDebug);
    if (is_quiet_) {
      base::set_log_level(base::LogLevel::kWarning);
      train_.progress = ProgressMode::kOff;
    }
    return actions_.at(app_.get_subcommands().front())();
  }

 private:
  /// The command that the arguments name, if any. Names a wrong one, which CLI11 would only call
  /// missing.
  const CLI::App* find_command(const std::vector<std::string>& arguments) const {
    const auto word =
        std::ranges::find_if(arguments, [](const std::string& a) { return !a.starts_with('-'); });
    if (word == arguments.end()) return nullptr;
    std::vector<std::string> names;
    for (const CLI::App* command : app_.get_subcommands({})) {
      if (command->get_name() == *word) return command;
      names.push_back(command->get_name());
    }
    const auto near = base::nearest(*word, names);
    throw ConfigError(base::cat("unknown command ", base::quote(*word),
                                near ? "; did you mean " + *near + "?" : ".",
                                " Commands: ", base::join(names, ", ")));
  }

  /// Arguments that nobody took explain why CLI11 misses others. `command` may be null.
  [[noreturn]] void refuse(const CLI::ParseError& error, const CLI::App* command) const {
    CommandShape shape;
    if (command != nullptr) shape.name = command->get_name();
    shape.takes_overrides = takes_overrides_.contains(command);
    for (const CLI::App* app : {&app_, command}) {
      if (app == nullptr) continue;
      for (const CLI::Option* option : app->get_options())
        for (const std::string& name : option->get_lnames()) shape.options.push_back("--" + name);
    }
    const std::string extras = describe_extras(app_.remaining(/*recurse=*/true), shape);
    throw ConfigError(base::cat(extras.empty() ? error.what() : extras, "; see 'finetune ",
                                shape.name, shape.name.empty() ? "" : " ", "--help'"));
  }

  CLI::App* add(const std::string& name, const std::string& help, const std::string& examples,
                Action action) {
    CLI::App* command = app_.add_subcommand(name, help);
    command->footer("Examples:\n" + examples);
    actions_[command] = std::move(action);
    return command;
  }

  void add_train() {
    CLI::App* command =
        add("train", "Fine-tune a model as a config file says", kTrainExamples, [this] {
          train_.overrides = overrides_;
          return run_train(train_);
        });
    takes_overrides_.insert(command);
    add_train_options(*command, train_);
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
    add_load_flags(*command, export_.load);
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
      describe_overrides(*command);
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
  std::map<const CLI::App*, Action> actions_;
  std::set<const CLI::App*> takes_overrides_;
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
  return CommandLine().run(arguments);
}

}  // namespace finetune::apps
