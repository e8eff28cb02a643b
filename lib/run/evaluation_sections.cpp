#include "run/evaluation_sections.h"

#include "config/fields.h"
#include "metrics/metric.h"
#include "run/training_sections.h"

namespace finetune::run {

using config::Fields;

void EvaluationSection::describe(Fields& fields) {
  fields.add("every", every,
             interval_rule("How often the validation data is evaluated.", "\"1 epochs\""));
  fields.add("metric", metric,
             {.doc = "What the best model is best at (its direction is known).",
              .example = "\"accuracy\"",
              .choices = metrics::metric_names()});
  fields.add("batch_size", batch_size,
             {.doc = "Examples in a batch of evaluation.",
              .is_safe_at_resume = true,
              .at_least = 1,
              .at_most = 1000000});
  fields.add(
      "decode_every", decode_every,
      interval_rule("Where texts are written: how often the first validation texts are, by greedy "
                    "search, and judged; not set: with every evaluation.",
                    "\"2 epochs\""));
  fields.add("decode_examples", decode_examples,
             {.doc = "How many of them; 0: none.", .at_least = 0, .at_most = 1000000});
  fields.add("samples", samples,
             {.doc = "How many of these go to the log and to samples.jsonl.",
              .is_safe_at_resume = true,
              .at_least = 0,
              .at_most = 1000});
}

void GenerationSection::describe(Fields& fields) {
  describe_search(fields);
  describe_lengths(fields);
  describe_sampling(fields);
  describe_rules(fields);
}

void GenerationSection::describe_search(Fields& fields) {
  fields.add("num_beams", num_beams,
             {.doc = "Beams of the search; 1 (usual): greedy search, or sampling.",
              .example = "5",
              .at_least = 1,
              .at_most = 1000});
  fields.add("length_penalty", length_penalty,
             {.doc = "A beam's score is its log-probability by its length to this power; usual: 1.",
              .example = "1.0"});
  fields.add("early_stopping", early_stopping,
             {.doc = "A beam search ends as soon as num_beams texts are finished (true), when no "
                     "better one is likely (false, usual), or when none is possible (\"never\").",
              .example = "\"never\"",
              .choices = {"never"}});
  fields.add("num_return_sequences", num_return_sequences,
             {.doc = "Texts for each input, best first; usual: 1.",
              .example = "5",
              .at_least = 1,
              .at_most = 1000});
}

void GenerationSection::describe_lengths(Fields& fields) {
  fields.add("max_new_tokens", max_new_tokens,
             {.doc = "Most tokens of a text, its end included; usual: data.max_target_length, else "
                     "256, or what the model can.",
              .example = "128",
              .at_least = 1});
  fields.add("max_length", max_length,
             {.doc = "The same with the prompt, or with the token that a decoder starts with.",
              .example = "129",
              .at_least = 2});
  fields.add("min_new_tokens", min_new_tokens,
             {.doc = "Fewest tokens of a text; usual: 0.", .example = "4", .at_least = 0});
  fields.add("min_length", min_length,
             {.doc = "The same with the prompt, or with the token that a decoder starts with.",
              .example = "5",
              .at_least = 0});
  fields.at_most_one_of({"max_new_tokens", "max_length"});
}

void GenerationSection::describe_sampling(Fields& fields) {
  fields.add("do_sample", do_sample,
             {.doc = "Whether tokens are drawn at random; usual: false.", .example = "true"});
  fields.add("temperature", temperature,
             {.doc = "Scores are divided by this before a token is drawn; usual: 1.",
              .example = "0.7",
              .above = 0});
  fields.add("top_k", top_k,
             {.doc = "Draws from so many likeliest tokens; 0: all; usual: 50.",
              .example = "20",
              .at_least = 0});
  fields.add("top_p", top_p,
             {.doc = "Draws from the likeliest tokens that have this probability together; usual: "
                     "1.",
              .example = "0.9",
              .above = 0,
              .at_most = 1});
  fields.add("min_p", min_p,
             {.doc = "Draws from tokens that have at least this share of the likeliest one's "
                     "probability; usual: 0.",
              .example = "0.05",
              .at_least = 0,
              .at_most = 1});
}

void GenerationSection::describe_rules(Fields& fields) {
  fields.add("repetition_penalty", repetition_penalty,
             {.doc = "Makes tokens that stand in the text already less likely; 1 (usual): off.",
              .example = "1.2",
              .above = 0});
  fields.add("no_repeat_ngram_size", no_repeat_ngram_size,
             {.doc = "No sequence of so many tokens comes twice; 0 (usual): off.",
              .example = "3",
              .at_least = 0});
  fields.add("renormalize_logits", renormalize_logits,
             {.doc = "Whether beams add up log-probabilities of the tokens that the rules leave "
                     "alone; usual: false.",
              .example = "true"});
  fields.add("forced_bos_token_id", forced_bos_token_id,
             {.doc = "The token that every text begins with, whatever the scores; -1: none.",
              .example = "250004",
              .at_least = -1,
              .at_most = 2147483647});
  fields.add("forced_eos_token_id", forced_eos_token_id,
             {.doc = "The token that a text of the greatest length ends with; -1: none.",
              .example = "2",
              .at_least = -1,
              .at_most = 2147483647});
}

void EarlyStoppingSection::describe(Fields& fields) {
  fields.add("patience", patience,
             {.doc = "Evaluations without improvement after which training ends.",
              .example = "3",
              .at_least = 1});
  fields.add(
      "threshold", threshold,
      {.doc = "An improvement must be larger than this.", .example = "0.001", .at_least = 0});
  fields.add("metric", metric,
             {.doc = "What must improve; not set: evaluation.metric.",
              .example = "\"loss\"",
              .choices = metrics::metric_names()});
}

}  // namespace finetune::run
