#include "decode/logit_rules.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <nlohmann/json.hpp>

#include "support/test_support.h"

using namespace finetune;
using nlohmann::json;

namespace {

using Ids = std::vector<int32_t>;
using Scores = std::vector<float>;

const float kNone = -INFINITY;

Scores after_rules(const decode::Options& options, const Ids& ids, Scores scores) {
  decode::apply_rules(options, {ids, 1, 6}, scores);
  return scores;
}

}  // namespace

TEST_CASE("repetition divides what is above zero and multiplies what is below, once a token") {
  decode::Options options;
  options.repetition_penalty = 2.0;
  CHECK(after_rules(options, {0, 2, 0}, {4, 4, -4, 0}) == Scores{2, 4, -8, 0});
}

TEST_CASE("a token that would repeat an n-gram is forbidden") {
  decode::Options options;
  options.no_repeat_ngram_size = 2;
  CHECK(after_rules(options, {0, 1, 0, 2, 0}, {1, 1, 1, 1}) == Scores{1, kNone, kNone, 1});
  options.no_repeat_ngram_size = 1;
  CHECK(after_rules(options, {3}, {1, 1, 1, 1}) == Scores{1, 1, 1, kNone});
  options.no_repeat_ngram_size = 3;
  CHECK(after_rules(options, {0, 1}, {1, 1, 1, 1}) == Scores{1, 1, 1, 1});
}

TEST_CASE("bad words are cut off before their last token, the end token never") {
  decode::Options options;
  options.eos_token_ids = {2};
  options.bad_words_ids = {{0}, {2}, {1, 3}};
  CHECK(after_rules(options, {0, 1}, {1, 1, 1, 1}) == Scores{kNone, 1, 1, kNone});
  CHECK(after_rules(options, {1, 0}, {1, 1, 1, 1}) == Scores{kNone, 1, 1, 1});
}

TEST_CASE("the end token waits for the minimum length") {
  decode::Options options;
  options.eos_token_ids = {1};
  options.min_length = 3;
  CHECK(after_rules(options, {0, 0}, {1, 1}) == Scores{1, kNone});
  CHECK(after_rules(options, {0, 0, 0}, {1, 1}) == Scores{1, 1});
  options.min_new_tokens = 3;
  CHECK(after_rules(options, {0, 0, 0}, {1, 1}) == Scores{1, kNone});
}

TEST_CASE("the first token and the last one can be forced") {
  decode::Options options;
  options.forced_bos_token_id = 1;
  options.forced_eos_token_id = 2;
  CHECK(after_rules(options, {0}, {5, 6, 7}) == Scores{kNone, 0, kNone});
  CHECK(after_rules(options, {0, 1}, {5, 6, 7}) == Scores{5, 6, 7});
  CHECK(after_rules(options, {0, 1, 1, 1, 1}, {5, 6, 7}) == Scores{kNone, kNone, 0});
}

TEST_CASE("suppressed tokens are never written") {
  decode::Options options;
  options.suppress_tokens = {0, 2};
  CHECK(after_rules(options, {0}, {5, 6, 7}) == Scores{kNone, 6, kNone});
}

TEST_CASE("renormalized scores are log-probabilities of what is left") {
  Scores scores = {1, kNone, 1, kNone};
  decode::renormalize(scores);
  CHECK(scores[0] == Approx(std::log(0.5)));
  CHECK(scores[1] == kNone);
  CHECK(scores[2] == scores[0]);
  scores = {kNone, 0};  // a forced token is certain
  decode::renormalize(scores);
  CHECK(scores == Scores{kNone, 0});
  scores = {kNone, kNone};
  decode::renormalize(scores);
  CHECK(scores == Scores{kNone, kNone});
}

TEST_CASE("temperature, top-k, top-p and min-p keep what the warpers of transformers keep") {
  const json fixture =
      json::parse(test::read_file(test::fixture("decode/fixtures/sampling_rules.json")));
  for (const json& item : fixture.at("cases")) {
    decode::Options options;
    options.temperature = item.at("temperature");
    options.top_k = item.at("top_k");
    options.top_p = item.at("top_p");
    if (!item.at("min_p").is_null()) options.min_p = item.at("min_p").get<double>();
    options.num_beams = item.at("num_beams");
    options.eos_token_ids = {0};
    auto scores = fixture.at("scores").get<Scores>();
    decode::apply_sampling_rules(options, scores);
    Ids kept;
    Scores values;
    for (size_t i = 0; i < scores.size(); ++i) {
      if (scores[i] == kNone) continue;
      kept.push_back(static_cast<int32_t>(i));
      values.push_back(scores[i]);
    }
    INFO(item.dump());
    CHECK(kept == item.at("kept").get<Ids>());
    CHECK(values == item.at("scores").get<Scores>());
  }
}
