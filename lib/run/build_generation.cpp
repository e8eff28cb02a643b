#include "run/build_generation.h"

#include <algorithm>
#include <vector>

#include "base/error.h"
#include "base/strings.h"
#include "models/language_model.h"
#include "models/seq2seq_model.h"

namespace finetune::run {

namespace {

constexpr int64_t kMostNewTokens = 256;  ///< of a text, where nothing else is said

template <class From, class To>
void set(const std::optional<From>& from, To& to) {
  if (from) to = static_cast<To>(*from);
}

void set_id(const std::optional<int64_t>& from, std::optional<int32_t>& to) {
  if (!from) return;
  to = *from < 0 ? std::nullopt : std::optional(static_cast<int32_t>(*from));
}

decode::EarlyStopping early_stopping(const config::SwitchOrWord& word) {
  if (!word.word.empty()) return decode::EarlyStopping::kNever;
  return word.is_on ? decode::EarlyStopping::kFirstFinished : decode::EarlyStopping::kHeuristic;
}

/// A greatest length, counted either way, replaces one counted the other way.
void set_most(const GenerationSection& section, decode::Options& options) {
  if (!section.max_new_tokens && !section.max_length) return;
  options.max_new_tokens = section.max_new_tokens.value_or(0);
  options.max_length = section.max_length.value_or(0);
}

/// Lays what the section gives over the options.
void lay_over(const GenerationSection& section, decode::Options& options) {
  set(section.num_beams, options.num_beams);
  set_most(section, options);
  set(section.min_new_tokens, options.min_new_tokens);
  set(section.min_length, options.min_length);
  set(section.length_penalty, options.length_penalty);
  if (section.early_stopping) options.early_stopping = early_stopping(*section.early_stopping);
  set(section.num_return_sequences, options.num_return_sequences);
  set(section.do_sample, options.do_sample);
  set(section.temperature, options.temperature);
  set(section.top_k, options.top_k);
  set(section.top_p, options.top_p);
  if (section.min_p) options.min_p = section.min_p;
  set(section.repetition_penalty, options.repetition_penalty);
  set(section.no_repeat_ngram_size, options.no_repeat_ngram_size);
  set(section.renormalize_logits, options.renormalize_logits);
  set_id(section.forced_bos_token_id, options.forced_bos_token_id);
  set_id(section.forced_eos_token_id, options.forced_eos_token_id);
}

/// Throws CheckpointError for an id of the model's own settings that the model does not have.
void check_ids(const GenerationDefaults& model, int64_t vocab_size) {
  const auto check = [&](const char* key, const auto& ids) {
    for (const int64_t id : ids) {
      if (id < vocab_size) continue;
      throw CheckpointError(base::cat(model.file, ": ", key, " holds ", id,
                                      ", but the model's vocabulary has ", vocab_size, " tokens"));
    }
  };
  const auto check_one = [&](const char* key, const auto& id) {
    if (id) check(key, std::vector<int64_t>{*id});
  };
  check_one("decoder_start_token_id", model.decoder_start_token_id);
  check_one("forced_bos_token_id", model.section.forced_bos_token_id);
  check_one("forced_eos_token_id", model.section.forced_eos_token_id);
  check("eos_token_id", model.eos_token_ids);
  check("suppress_tokens", model.suppress_tokens);
  for (const auto& words : model.bad_words_ids) check("bad_words_ids", words);
}

/// The model's own ids. Where its file does not say what a target begins with, transformers stops;
/// config.json knows.
void lay_over_ids(const GenerationDefaults& model, const models::SpecialIds& of_config,
                  decode::Options& options) {
  if (model.has_all_ids) {
    options.takes_model_ids = false;
    options.decoder_start_token_id = model.decoder_start_token_id;
    if (!options.decoder_start_token_id)
      set_id(of_config.decoder_start, options.decoder_start_token_id);
    options.eos_token_ids = model.eos_token_ids;
    options.bad_words_ids = model.bad_words_ids;
  }
  options = decode::with_ids_of(options, of_config);
  options.suppress_tokens = model.suppress_tokens;
}

/// The model's own settings; those of sampling only where tokens are to be drawn.
void lay_over(GenerationSection model, bool samples, decode::Options& options) {
  if (!samples) {
    model.temperature.reset();
    model.top_k.reset();
    model.top_p.reset();
    model.min_p.reset();
  }
  lay_over(model, options);
}

/// More texts for an input than beams that somebody asked for are an error of check().
void ask_for_best(const GenerationOverrides& command_line, decode::Options& options) {
  if (!command_line.num_best) return;
  options.num_return_sequences = *command_line.num_best;
  if (command_line.section.num_beams || options.do_sample) return;
  options.num_beams = std::max(options.num_beams, options.num_return_sequences);
}

void require(bool holds, const std::string& problem) {
  if (!holds) throw ConfigError("generation: " + problem);
}

/// What a text begins with: the one start token of an encoder-decoder, or a prompt of any length.
enum class Beginning { kOneToken, kPrompt };

/// Limits that only the model's positions or the length of the beginning, one token at least, show
/// to exclude each other.
void check_room(int64_t positions, Beginning beginning, const decode::Options& options) {
  const int64_t least = std::max(options.min_new_tokens, options.min_length - 1);
  require(
      least <= positions - 1,
      base::cat("min_new_tokens ", options.min_new_tokens, " or min_length ", options.min_length,
                " is above what the model can write: ", positions - 1, " tokens"));
  // min_length counts a prompt that may be long.
  if (beginning == Beginning::kPrompt && options.max_new_tokens > 0) return;
  const int64_t most = options.max_new_tokens > 0 ? options.max_new_tokens
                       : options.max_length > 0   ? options.max_length - 1
                                                  : positions;
  require(least <= most, base::cat("min_new_tokens ", options.min_new_tokens, " or min_length ",
                                   options.min_length, " is above the greatest length, ", most,
                                   " new tokens (max_new_tokens or max_length)"));
}

}  // namespace

decode::Options build_generation(const RunConfig& config, const GenerationDefaults& model,
                                 const tasks::ModelLimits& limits,
                                 const GenerationOverrides& command_line) {
  decode::Options options;
  options.max_new_tokens = std::min(config.data.max_target_length.value_or(kMostNewTokens),
                                    std::max<int64_t>(limits.max_target_length, 0));
  const bool samples = command_line.section.do_sample.value_or(
      config.generation.do_sample.value_or(model.section.do_sample.value_or(options.do_sample)));
  if (limits.target_vocab_size > 0) check_ids(model, limits.target_vocab_size);
  lay_over_ids(model, limits.special_ids, options);
  lay_over(model.section, samples, options);
  lay_over(config.generation, options);
  lay_over(command_line.section, options);
  ask_for_best(command_line, options);
  options.seed = static_cast<uint64_t>(command_line.seed.value_or(config.seed));
  return options;
}

int64_t longest_prompt(const decode::Options& generation, int64_t positions) {
  const int64_t room =
      generation.max_length > 0 ? std::min(generation.max_length, positions) : positions;
  const int64_t wanted = std::max<int64_t>(1, generation.max_new_tokens);
  return std::max<int64_t>(1, room - std::min(wanted, room / 2));
}

void check_generation_fits(const models::Model& model, const decode::Options& options) {
  if (const auto* seq2seq = dynamic_cast<const models::Seq2SeqModel*>(&model)) {
    decode::check(options, seq2seq->target_vocab_size());
    check_room(seq2seq->max_target_length(), Beginning::kOneToken, options);
  } else if (const auto* language = dynamic_cast<const models::LanguageModel*>(&model)) {
    decode::check(options, language->vocab_size());
    check_room(language->max_length(), Beginning::kPrompt, options);
  }
}

}  // namespace finetune::run
