#include "decode/options.h"

#include "base/error.h"
#include "base/strings.h"
#include "models/generation.h"

namespace finetune::decode {
namespace {

using base::cat;

void require(bool holds, const std::string& problem) {
  if (!holds) throw ConfigError(cat("generation: ", problem));
}

void check_lengths(const Options& options) {
  require(options.max_new_tokens >= 0 && options.max_length >= 0 && options.min_new_tokens >= 0 &&
              options.min_length >= 0,
          "max_new_tokens, max_length, min_new_tokens and min_length must not be negative");
  require(options.max_new_tokens == 0 || options.max_length == 0,
          cat("max_new_tokens ", options.max_new_tokens, " and max_length ", options.max_length,
              " exclude each other: give one of them"));
  require(options.max_new_tokens == 0 || options.min_new_tokens <= options.max_new_tokens,
          cat("min_new_tokens ", options.min_new_tokens, " is above max_new_tokens ",
              options.max_new_tokens));
  require(options.max_length == 0 || options.min_length <= options.max_length,
          cat("min_length ", options.min_length, " is above max_length ", options.max_length));
}

void check_search(const Options& options) {
  require(options.num_beams >= 1, cat("num_beams ", options.num_beams, " is below 1"));
  require(options.num_return_sequences >= 1,
          cat("num_return_sequences ", options.num_return_sequences, " is below 1"));
  if (options.num_beams > 1) {
    require(options.num_return_sequences <= options.num_beams,
            cat("num_return_sequences ", options.num_return_sequences, " is above num_beams ",
                options.num_beams, ": no more than the beams can be returned"));
  } else {
    require(options.num_return_sequences == 1 || options.do_sample,
            cat("num_return_sequences ", options.num_return_sequences,
                " needs num_beams of at least as many, or do_sample: greedy search finds one"));
  }
  require(options.no_repeat_ngram_size >= 0,
          cat("no_repeat_ngram_size ", options.no_repeat_ngram_size, " is below 0"));
  require(options.repetition_penalty > 0.0,
          cat("repetition_penalty ", options.repetition_penalty, " is not above 0"));
}

void check_sampling(const Options& options) {
  require(options.temperature > 0.0, cat("temperature ", options.temperature,
                                         " is not above 0; for the likeliest text leave out "
                                         "do_sample"));
  require(options.top_k >= 0, cat("top_k ", options.top_k, " is below 0"));
  require(options.top_p > 0.0 && options.top_p <= 1.0,
          cat("top_p ", options.top_p, " is outside of (0, 1]"));
  require(!options.min_p || (*options.min_p >= 0.0 && *options.min_p <= 1.0),
          cat("min_p ", options.min_p.value_or(0.0), " is outside of [0, 1]"));
  const bool is_shaped = options.temperature != 1.0 || options.top_k != Options{}.top_k ||
                         options.top_p < 1.0 || options.min_p;
  require(options.do_sample || !is_shaped,
          "temperature, top_k, top_p and min_p have no effect without do_sample");
}

std::optional<int32_t> narrow(const std::optional<int64_t>& id) {
  if (!id) return std::nullopt;
  return static_cast<int32_t>(*id);
}

std::vector<int32_t> narrow(const std::vector<int64_t>& ids) { return {ids.begin(), ids.end()}; }

void check_ids(const char* key, const std::vector<int32_t>& ids, int64_t vocab_size) {
  for (const int32_t id : ids) {
    require(id >= 0 && id < vocab_size,
            cat(key, " holds ", id, ", the vocabulary has ", vocab_size, " tokens"));
  }
}

}  // namespace

Options with_ids_of(Options options, const models::SpecialIds& ids) {
  if (!options.takes_model_ids) return options;
  options.takes_model_ids = false;
  if (!options.decoder_start_token_id) options.decoder_start_token_id = narrow(ids.decoder_start);
  if (options.eos_token_ids.empty()) options.eos_token_ids = narrow(ids.eos);
  if (!options.forced_bos_token_id) options.forced_bos_token_id = narrow(ids.forced_bos);
  if (!options.forced_eos_token_id) options.forced_eos_token_id = narrow(ids.forced_eos);
  if (options.bad_words_ids.empty()) {
    for (const auto& words : ids.bad_words) options.bad_words_ids.push_back(narrow(words));
  }
  return options;
}

void check(const Options& options, int64_t vocab_size) {
  check_lengths(options);
  check_search(options);
  check_sampling(options);
  check_ids("eos_token_ids", options.eos_token_ids, vocab_size);
  check_ids("suppress_tokens", options.suppress_tokens, vocab_size);
  for (const auto& words : options.bad_words_ids) {
    require(!words.empty(), "bad_words_ids holds an empty list");
    check_ids("bad_words_ids", words, vocab_size);
  }
  const auto check_id = [&](const char* key, const std::optional<int32_t>& id) {
    if (id) check_ids(key, {*id}, vocab_size);
  };
  check_id("decoder_start_token_id", options.decoder_start_token_id);
  check_id("forced_bos_token_id", options.forced_bos_token_id);
  check_id("forced_eos_token_id", options.forced_eos_token_id);
}

}  // namespace finetune::decode
