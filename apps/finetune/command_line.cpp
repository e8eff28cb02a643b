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
#include "evaluate.h"
#include "explain.h"
#include "export.h"
#include "inspect.h"
#include "overrides.h"
#include "predict.h"
#include "render.h"
#include "run/environment.h"
#include "schema.h"
#include "score.h"
#include "tokenize.h"
#include "train.h"
#include "train_tokenizer.h"
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
    add_tokenize();
    add_train_tokenizer();
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

  /// Options that say how the file of `data` is read.
  static void add_columns(CLI::App* command, CLI::Option* data, run::ColumnOptions& columns) {
    command
        ->add_option("--text-column", columns.text,
                     "Column with the text (default: as the run was configured)")
        ->needs(data);
    command->add_option("--text-pair-column", columns.text_pair, "Column with the second text")
        ->needs(data);
    command
        ->add_flag("--no-header", columns.has_no_header,
                   "The file has no header: columns are numbers from 0")
        ->needs(data);
  }

  void add_evaluate() {
    CLI::App* command =
        add("evaluate", "Full metric report of a run or a model",
            "  finetune evaluate runs/sst2 --split test\n"
            "  finetune evaluate runs/sst2 --data other.tsv --label-column label --json",
            [this] { return run_evaluate(evaluate_); });
    command->add_option("model", evaluate_.model, "Run folder, checkpoint or Hugging Face folder")
        ->required();
    auto* split = command->add_option("--split", evaluate_.split,
                                      "train, validation (default) or test of the run");
    CLI::Option* data = command->add_option("--data", evaluate_.data, "A data file instead");
    data->excludes(split);
    add_columns(command, data, evaluate_.columns);
    command->add_option("--label-column", evaluate_.columns.label, "Column with the label")
        ->needs(data);
    command->add_flag("--json", evaluate_.prints_json, "Print one JSON object");
  }

  void add_predict() {
    CLI::App* command =
        add("predict", "Label lines of stdin or the rows of a file, one JSON object each",
            "  finetune predict runs/sst2 < lines.txt\n"
            "  finetune predict runs/sst2 --data test.tsv --format text",
            [this] { return run_predict(predict_); });
    command->add_option("model", predict_.model, "Run folder, checkpoint or Hugging Face folder")
        ->required();
    CLI::Option* data =
        command->add_option("--data", predict_.data, "A data file instead of lines");
    add_columns(command, data, predict_.columns);
    command->add_option("--format", predict_.prints_text, "json, or text: the label only")
        ->transform(
            CLI::CheckedTransformer(std::map<std::string, bool>{{"json", false}, {"text", true}}))
        ->option_text("json|text");
    command->add_flag("--pairs", predict_.has_pairs, "Lines hold two texts, separated by a tab");
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

  void add_tokenize() {
    CLI::App* command = add("tokenize", "Turn lines of stdin into tokens, or ids into text",
                            "  finetune tokenize models/minilm < lines.txt\n"
                            "  finetune tokenize tokenizer.json --ids --no-special < lines.txt\n"
                            "  finetune tokenize models/minilm --decode < ids.txt",
                            [this] { return run_tokenize(tokenize_); });
    command->add_option("tokenizer", tokenize_.tokenizer, "Tokenizer folder or file")->required();
    command->add_flag("--ids", tokenize_.prints_ids, "Print ids separated by spaces, not JSON");
    command->add_flag("--tokens", tokenize_.prints_tokens,
                      "Print tokens (after the ids and a tab)");
    command->add_flag("--offsets", tokenize_.prints_offsets,
                      "Print offsets in code points (after the rest and a tab)");
    command->add_flag("--pair", tokenize_.has_pairs, "Lines hold two texts, separated by a tab");
    command->add_flag("--json", tokenize_.is_json,
                      "Texts are JSON strings (pairs: arrays of two), which may hold line ends");
    command->add_flag("--decode", tokenize_.decodes, "Read ids, print text");
    command->add_flag("!--no-special", tokenize_.adds_special_tokens, "Leave special tokens out");
    command->add_option("--max-length", tokenize_.max_length, "Cut to this many tokens")
        ->check(CLI::PositiveNumber);
    command->add_option("--threads", tokenize_.threads, "Default: all processors")
        ->check(CLI::PositiveNumber);
  }

  void add_train_tokenizer() {
    CLI::App* command = add(
        "train-tokenizer", "Train a vocabulary on text files and write a tokenizer folder",
        "  finetune train-tokenizer --type unigram --vocab-size 8000 --output tokenizer train.de\n"
        "  finetune train-tokenizer --type wordpiece --lowercase --vocab-size 30000 -o bert a.txt\n"
        "  zcat corpus.gz | finetune train-tokenizer --type byte-bpe --vocab-size 16000 -o gpt2 -",
        [this] { return run_train_tokenizer(train_tokenizer_); });
    text::TrainTokenizerOptions& options = train_tokenizer_.options;
    options.num_threads = 0;
    command->add_option("files", train_tokenizer_.files, "Text files, a text a line; -: stdin")
        ->required();
    command->add_option("--type", options.kind, "SentencePiece unigram or bpe, byte-bpe, wordpiece")
        ->required()
        ->transform(CLI::CheckedTransformer(std::map<std::string, text::TokenizerKind>{
            {"unigram", text::TokenizerKind::kUnigram},
            {"bpe", text::TokenizerKind::kSentencePieceBpe},
            {"byte-bpe", text::TokenizerKind::kByteBpe},
            {"wordpiece", text::TokenizerKind::kWordPiece}}))
        ->option_text("unigram|bpe|byte-bpe|wordpiece");
    command->add_option("--vocab-size", options.vocab_size, "Tokens, special ones included")
        ->required();
    command->add_option("-o,--output", train_tokenizer_.output, "The folder to write")->required();
    command->add_option("--model-class", options.model_class,
                        "Whose tokenizer it is: t5, xlm-roberta, albert (unigram); llama (bpe); "
                        "gpt2, roberta, bart (byte-bpe); bert, distilbert, electra (wordpiece)");
    command->add_option("--special-tokens", train_tokenizer_.special_tokens,
                        "Further special tokens, separated by commas");
    command->add_flag("--lowercase", options.lowercase, "Lower-case all text");
    command->add_option("--min-frequency", options.min_frequency,
                        "Least count of a merged pair (byte-bpe, wordpiece; default 2)");
    command->add_option("--limit-alphabet", options.limit_alphabet,
                        "Most characters of a wordpiece vocabulary (default: all)");
    command->add_option("--character-coverage", options.character_coverage,
                        "Share of the text's characters that get a piece (unigram, bpe; default "
                        "0.9995)");
    command->add_option("--threads", options.num_threads, "Default: all processors")
        ->check(CLI::PositiveNumber);
    command->add_flag("--overwrite", train_tokenizer_.overwrites, "Replace an earlier tokenizer");
    command->add_flag("--json", train_tokenizer_.prints_json, "Print one JSON object");
  }

  void add_score() {
    CLI::App* command =
        add("score", "Score generated texts against references, as sacreBLEU does",
            "  finetune score hypotheses.txt references.txt\n"
            "  finetune score hypotheses.txt first.txt second.txt --metric bleu,chrf++ --json\n"
            "  finetune score new.txt references.txt --compare old.txt --tokenize zh",
            [this] { return run_score(score_); });
    command->add_option("hypotheses", score_.hypotheses, "Generated texts, one a line")->required();
    command->add_option("references", score_.references, "Right texts: one file a reference")
        ->required();
    command->add_option("--metric", score_.metrics,
                        "Separated by commas: bleu, chrf, chrf++, ter, rouge1, rouge2, rougeL, "
                        "rougeLsum, exact_match (default: bleu,chrf,ter)");
    command->add_option("--compare", score_.compared,
                        "Another system's texts: is the difference significant?");
    command
        ->add_option("--samples", score_.num_samples,
                     "Bootstrap samples (default 1000; 0: no intervals)")
        ->check(CLI::NonNegativeNumber);
    command
        ->add_option("--trials", score_.num_trials,
                     "Trials of the randomisation test (default 10000; 0: none)")
        ->check(CLI::NonNegativeNumber);
    command->add_option("--seed", score_.seed, "Of both (default 12345, sacreBLEU's)");
    command->add_flag("--sentences", score_.prints_sentences,
                      "A score for every line, too; BLEU then has --effective-order");
    command->add_flag("--json", score_.prints_json, "Print one JSON object");
    add_score_options(command);
  }

  /// Options of single metrics.
  void add_score_options(CLI::App* command) {
    command->add_option("--tokenize", score_.tokenizer,
                        "BLEU: 13a (default), intl, zh, char, none");
    command->add_option("--smooth", score_.smoothing, "BLEU: exp (default), floor, add-k, none");
    command->add_option("--smooth-value", score_.smooth_value, "BLEU: of floor (0.1), add-k (1)")
        ->check(CLI::NonNegativeNumber);
    command->add_flag("--effective-order", score_.effective_order,
                      "BLEU: without orders that a text is too short for");
    command->add_flag("--lowercase", score_.lowercase, "BLEU, chrF, exact match: ignore case");
    command->add_flag("--ter-normalized", score_.ter_normalized, "TER: punctuation apart");
    command->add_flag("--ter-no-punct", score_.ter_no_punct, "TER: without punctuation");
    command->add_flag("--ter-asian-support", score_.ter_asian_support,
                      "TER: the two above also for Chinese, Japanese and Korean");
    command->add_flag("--ter-case-sensitive", score_.ter_case_sensitive, "TER: heed case");
    command->add_flag("--stem", score_.stems, "ROUGE: compare word stems");
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
