#include "score_options.h"

#include "common_options.h"

namespace finetune::apps {

const char* const kScoreExamples =
    "  finetune score hypotheses.txt references.txt\n"
    "  finetune score hypotheses.txt first.txt second.txt --metric bleu,chrf++ --json\n"
    "  finetune score new.txt references.txt --compare old.txt --tokenize zh";

namespace {

/// Options of single metrics.
void add_metric_options(CLI::App& command, ScoreArguments& arguments) {
  command.add_option("--tokenize", arguments.tokenizer,
                     "BLEU: 13a (default), intl, zh, char, none");
  command.add_option("--smooth", arguments.smoothing, "BLEU: exp (default), floor, add-k, none");
  command.add_option("--smooth-value", arguments.smooth_value, "BLEU: of floor (0.1), add-k (1)")
      ->check(non_negative_number());
  command.add_flag("--effective-order", arguments.effective_order,
                   "BLEU: without orders that a text is too short for");
  command.add_flag("--lowercase", arguments.lowercase, "BLEU, chrF, exact match: ignore case");
  command.add_flag("--ter-normalized", arguments.ter_normalized, "TER: punctuation apart");
  command.add_flag("--ter-no-punct", arguments.ter_no_punct, "TER: without punctuation");
  command.add_flag("--ter-asian-support", arguments.ter_asian_support,
                   "TER: the two above also for Chinese, Japanese and Korean");
  command.add_flag("--ter-case-sensitive", arguments.ter_case_sensitive, "TER: heed case");
  command.add_flag("--stem", arguments.stems, "ROUGE: compare word stems");
}

}  // namespace

void add_score_options(CLI::App& command, ScoreArguments& arguments) {
  command.add_option("hypotheses", arguments.hypotheses, "Generated texts, one a line")->required();
  command.add_option("references", arguments.references, "Right texts: one file a reference")
      ->required();
  command.add_option("--metric", arguments.metrics,
                     "Separated by commas: bleu, chrf, chrf++, ter, rouge1, rouge2, rougeL, "
                     "rougeLsum, exact_match (default: bleu,chrf,ter)");
  command.add_option("--compare", arguments.compared,
                     "Another system's texts: is the difference significant?");
  command
      .add_option("--samples", arguments.num_samples,
                  "Bootstrap samples (default 1000; 0: no intervals)")
      ->check(whole_number(0));
  command
      .add_option("--trials", arguments.num_trials,
                  "Trials of the randomisation test (default 10000; 0: none)")
      ->check(whole_number(0));
  command.add_option("--seed", arguments.seed, "Of both (default 12345, sacreBLEU's)");
  command.add_flag("--sentences", arguments.prints_sentences,
                   "A score for every line, too; BLEU then has --effective-order");
  command.add_flag("--json", arguments.prints_json, "Print one JSON object");
  add_metric_options(command, arguments);
}

}  // namespace finetune::apps
