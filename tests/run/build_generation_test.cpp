#include "run/build_generation.h"

#include <ATen/ops/eye.h>

#include <catch2/catch.hpp>

#include "run/tiny_run.h"
#include "tasks/fake_models.h"

using namespace finetune;
using namespace finetune::run;
using Catch::Matchers::Contains;
using test::TinyRun;

namespace {

const tasks::ModelLimits kLimits = {100, 60, {}, {}};

/// A run's config with a section "generation".
RunConfig config_with(const std::string& generation) {
  const TinyRun tiny;
  return tiny.config(
      R"({"task": {"type": "language_modeling"}, "evaluation": {"metric": "loss"}, "generation": )" +
      generation + "}");
}

std::string misfit(const models::Model& model, const decode::Options& options) {
  return test::error_of<ConfigError>([&] { check_generation_fits(model, options); });
}

}  // namespace

TEST_CASE("where nothing is said a text is written greedily, as long as targets may be") {
  const decode::Options options = build_generation(config_with("{}"), {}, kLimits);
  CHECK(options.num_beams == 1);
  CHECK(options.max_new_tokens == 60);
  CHECK_FALSE(options.do_sample);
  CHECK(options.early_stopping == decode::EarlyStopping::kHeuristic);
  CHECK(options.seed == 7);
  CHECK(build_generation(config_with("{}"), {}, {1000, 1000, {}, {}}).max_new_tokens == 256);
}

TEST_CASE("the command line comes before the config, and that before the model's own settings") {
  GenerationDefaults model;
  model.section.num_beams = 4;
  model.section.length_penalty = 2.0;
  model.section.no_repeat_ngram_size = 3;
  model.section.early_stopping = config::SwitchOrWord{true, ""};
  model.eos_token_ids = {5, 6};
  model.has_all_ids = true;
  GenerationOverrides command_line;
  command_line.section.num_beams = 2;
  command_line.seed = 99;
  const RunConfig config = config_with(R"({"num_beams": 3, "length_penalty": 0.6})");

  const decode::Options of_model = build_generation(config_with("{}"), model, kLimits);
  CHECK(of_model.num_beams == 4);
  CHECK(of_model.length_penalty == 2.0);
  CHECK(of_model.early_stopping == decode::EarlyStopping::kFirstFinished);
  CHECK(of_model.eos_token_ids == std::vector<int32_t>{5, 6});
  const decode::Options of_config = build_generation(config, model, kLimits);
  CHECK(of_config.num_beams == 3);
  CHECK(of_config.length_penalty == 0.6);
  CHECK(of_config.no_repeat_ngram_size == 3);
  const decode::Options of_all = build_generation(config, model, kLimits, command_line);
  CHECK(of_all.num_beams == 2);
  CHECK(of_all.length_penalty == 0.6);
  CHECK(of_all.no_repeat_ngram_size == 3);
  CHECK(of_all.seed == 99);
}

TEST_CASE("a generation_config.json says all of the ids, and -1 is none of them") {
  tasks::ModelLimits limits = kLimits;
  limits.special_ids.eos = {1};
  limits.special_ids.decoder_start = 2;
  limits.special_ids.forced_eos = 3;
  limits.special_ids.bad_words = {{4}};
  const decode::Options of_config = build_generation(config_with("{}"), {}, limits);
  CHECK(of_config.eos_token_ids == std::vector<int32_t>{1});
  CHECK(of_config.decoder_start_token_id == 2);
  CHECK(of_config.forced_eos_token_id == 3);
  CHECK(of_config.bad_words_ids.size() == 1);
  CHECK_FALSE(of_config.takes_model_ids);
  CHECK_FALSE(build_generation(config_with(R"({"forced_eos_token_id": -1})"), {}, limits)
                  .forced_eos_token_id);
  GenerationDefaults own;
  own.has_all_ids = true;
  const decode::Options empty = build_generation(config_with("{}"), own, limits);
  CHECK(empty.eos_token_ids.empty());
  CHECK(empty.bad_words_ids.empty());
  CHECK_FALSE(empty.forced_eos_token_id);
  CHECK(empty.decoder_start_token_id == 2);  // a target must begin with something
  own.decoder_start_token_id = 5;
  CHECK(build_generation(config_with("{}"), own, limits).decoder_start_token_id == 5);
}

TEST_CASE("an id that the model does not have is blamed on the model's file") {
  tasks::ModelLimits limits = kLimits;
  limits.target_vocab_size = 64;
  GenerationDefaults model;
  model.file = "m/generation_config.json";
  const auto error = [&] {
    return test::error_of<CheckpointError>(
        [&] { build_generation(config_with("{}"), model, limits); });
  };
  model.eos_token_ids = {2, 63};
  CHECK(error().empty());
  model.eos_token_ids = {2, 700};
  CHECK_THAT(error(),
             Contains("m/generation_config.json: eos_token_id holds 700") && Contains("64 tokens"));
  model.eos_token_ids = {};
  model.bad_words_ids = {{1, 64}};
  CHECK_THAT(error(), Contains("bad_words_ids holds 64"));
}

TEST_CASE("a greatest length replaces one that is counted the other way") {
  GenerationDefaults model;
  model.section.max_length = 20;
  const decode::Options of_model = build_generation(config_with("{}"), model, kLimits);
  CHECK(of_model.max_length == 20);
  CHECK(of_model.max_new_tokens == 0);
  const decode::Options of_config =
      build_generation(config_with(R"({"max_new_tokens": 30})"), model, kLimits);
  CHECK(of_config.max_length == 0);
  CHECK(of_config.max_new_tokens == 30);
}

TEST_CASE("every key reaches the search") {
  const decode::Options options = build_generation(
      config_with(R"({"min_new_tokens": 1, "min_length": 2, "num_return_sequences": 2,
                      "do_sample": true, "temperature": 0.5, "top_k": 7, "top_p": 0.8,
                      "min_p": 0.1, "repetition_penalty": 1.5, "no_repeat_ngram_size": 4,
                      "forced_bos_token_id": 3, "forced_eos_token_id": 1,
                      "renormalize_logits": true,
                      "early_stopping": "never"})"),
      {}, kLimits);
  CHECK(options.min_new_tokens == 1);
  CHECK(options.min_length == 2);
  CHECK(options.num_return_sequences == 2);
  CHECK(options.do_sample);
  CHECK(options.temperature == 0.5);
  CHECK(options.top_k == 7);
  CHECK(options.top_p == 0.8);
  CHECK(options.min_p == 0.1);
  CHECK(options.repetition_penalty == 1.5);
  CHECK(options.no_repeat_ngram_size == 4);
  CHECK(options.forced_bos_token_id == 3);
  CHECK(options.forced_eos_token_id == 1);
  CHECK(options.renormalize_logits);
  CHECK(options.early_stopping == decode::EarlyStopping::kNever);
}

TEST_CASE("who turns sampling off turns off what the model's settings say of it") {
  GenerationDefaults model;
  model.section.do_sample = true;
  model.section.temperature = 0.6;
  model.section.top_p = 0.9;
  CHECK(build_generation(config_with("{}"), model, kLimits).temperature == 0.6);
  const decode::Options greedy =
      build_generation(config_with(R"({"do_sample": false})"), model, kLimits);
  CHECK(greedy.temperature == 1.0);
  CHECK(greedy.top_p == 1.0);
  CHECK_NOTHROW(decode::check(greedy, 10));
}

TEST_CASE("a prompt leaves room for the new tokens, for half of what fits at most") {
  decode::Options options;
  options.max_new_tokens = 10;
  CHECK(longest_prompt(options, 64) == 54);
  options.max_new_tokens = 60;
  CHECK(longest_prompt(options, 64) == 32);
  options.max_new_tokens = 0;
  options.max_length = 20;
  CHECK(longest_prompt(options, 64) == 19);
  CHECK(longest_prompt(options, 1) == 1);
}

TEST_CASE("asking for the best texts asks for as many beams, unless their number is given") {
  GenerationOverrides five;
  five.num_best = 5;
  decode::Options options = build_generation(config_with("{}"), {}, kLimits, five);
  CHECK(options.num_return_sequences == 5);
  CHECK(options.num_beams == 5);
  CHECK(build_generation(config_with(R"({"num_beams": 8})"), {}, kLimits, five).num_beams == 8);
  CHECK(build_generation(config_with(R"({"do_sample": true})"), {}, kLimits, five).num_beams == 1);
  five.section.num_beams = 2;
  options = build_generation(config_with("{}"), {}, kLimits, five);
  CHECK_THROWS_WITH(decode::check(options, 10),
                    Contains("num_return_sequences 5 is above num_beams 2"));
}

TEST_CASE(
    "limits beyond the model, or that its start token makes exclude each other, are refused") {
  const test::TableSeq2Seq model(at::eye(6));  // 100 positions
  decode::Options options;
  options.min_new_tokens = 100;
  CHECK_THAT(misfit(model, options), Contains("min_new_tokens 100") && Contains("99 tokens"));
  options = {};
  options.min_length = 9;
  options.max_new_tokens = 7;
  CHECK_THAT(misfit(model, options), Contains("min_length 9") && Contains("max_new_tokens"));
  options.max_new_tokens = 8;
  CHECK(misfit(model, options).empty());
  options = {};
  options.forced_bos_token_id = 6;
  CHECK_THAT(misfit(model, options), Contains("forced_bos_token_id"));
  const test::TableModel language(at::eye(6));
  CHECK_THAT(misfit(language, options), Contains("the vocabulary has 6 tokens"));
  options = {};
  options.max_length = 3;
  options.min_new_tokens = 5;
  CHECK_THAT(misfit(language, options), Contains("min_new_tokens 5") && Contains("max_length"));
  options = {};
  options.min_length = 101;
  CHECK_THAT(misfit(language, options), Contains("min_length 101") && Contains("99 tokens"));
  options.min_length = 9;
  options.max_new_tokens = 7;
  CHECK(misfit(language, options).empty());  // a longer prompt fits
}
