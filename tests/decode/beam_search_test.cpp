#include "decode/beam_search.h"

#include <catch2/catch.hpp>
#include <limits>

using namespace finetune;
using decode::Candidate;

namespace {

/// Two beams after the prompt {0}: {0, 5} at -1 and {0, 6} at -2.
decode::BeamState two_beams() {
  decode::BeamState state;
  state.running = {{{0, 5}, -1.0F, 0}, {{0, 6}, -2.0F, 0}};
  state.prompt_length = 1;
  state.length_limit = 10;
  return state;
}

decode::Options options_of_two() {
  decode::Options options;
  options.num_beams = 2;
  options.eos_token_ids = {1};
  return options;
}

}  // namespace

TEST_CASE("the best continuations over all beams come in order, earlier ones first among equals") {
  const std::vector<float> log_probs = {-1, -5, -2, -9, -1, -1};
  const auto candidates = decode::expand(two_beams(), log_probs, {}, options_of_two());
  REQUIRE(candidates.size() == 4);
  const std::vector<std::pair<int64_t, int32_t>> expected = {{0, 0}, {0, 2}, {1, 1}, {1, 2}};
  for (size_t i = 0; i < 4; ++i) {
    CHECK(std::pair(candidates[i].beam, candidates[i].token) == expected[i]);
  }
  CHECK(candidates[0].score == -2.0F);
  CHECK(candidates[2].score == -3.0F);
}

TEST_CASE("noise decides the order, not the score") {
  const std::vector<float> log_probs = {-1, -5, -2, -9, -1, -1};
  const std::vector<float> noise = {0, 100, 0, 50, 0, 0};
  const auto candidates = decode::expand(two_beams(), log_probs, noise, options_of_two());
  CHECK(candidates[0].token == 1);
  CHECK(candidates[0].score == -6.0F);
  CHECK(candidates[1].beam == 1);
}

TEST_CASE("only what ends among the first num_beams candidates finishes") {
  decode::BeamState state = two_beams();
  const std::vector<Candidate> candidates = {{0, 3, -2}, {1, 1, -3}, {0, 1, -4}, {1, 3, -5}};
  decode::finish(state, candidates, options_of_two());
  REQUIRE(state.finished.size() == 1);
  CHECK(state.finished[0].ids == std::vector<int32_t>{6, 1});
  CHECK(state.finished[0].score == -1.5F);
  CHECK(state.finished[0].log_probability == -3.0F);
  decode::go_on(state, candidates, options_of_two());
  REQUIRE(state.running.size() == 2);
  CHECK(state.running[0].ids == std::vector<int32_t>{0, 5, 3});
  CHECK(state.running[1].ids == std::vector<int32_t>{0, 6, 3});
  CHECK(state.running[1].parent == 1);
}

TEST_CASE("a full set of finished beams keeps the best and closes under early stopping") {
  decode::BeamState state = two_beams();
  state.finished = {{{9, 1}, -2.0F, -1.0F}, {{8, 1}, -6.0F, -3.0F}};
  const std::vector<Candidate> candidates = {{0, 1, -4}, {1, 3, -5}};
  decode::Options options = options_of_two();
  options.early_stopping = decode::EarlyStopping::kFirstFinished;
  CHECK(decode::is_done(state, options));
  decode::finish(state, candidates, options);
  CHECK(state.finished[1].score == -3.0F);
  options.early_stopping = decode::EarlyStopping::kHeuristic;
  CHECK_FALSE(decode::is_done(state, options));
  decode::finish(state, candidates, options);
  CHECK(state.finished[1].score == -2.0F);
}

TEST_CASE("a search gives up when its best beam cannot beat the worst finished one") {
  decode::BeamState state = two_beams();
  decode::Options options = options_of_two();
  state.finished = {{{9, 1}, -1.0F, -0.5F}};
  decode::judge(state, options);
  CHECK(state.can_improve);  // there is room for another
  state.finished.push_back({{8, 1}, -1.0F, -0.9F});
  options.early_stopping = decode::EarlyStopping::kNever;
  decode::judge(state, options);
  CHECK(state.can_improve);  // -1 over nine tokens would do
  options.early_stopping = decode::EarlyStopping::kHeuristic;
  decode::judge(state, options);
  CHECK_FALSE(state.can_improve);  // -1 over one token does not
}

TEST_CASE("where no beam may go on the running ones are the result, unless others have finished") {
  const float none = -std::numeric_limits<float>::infinity();
  decode::BeamState state = two_beams();
  CHECK(decode::expand(state, std::vector<float>(6, none), {}, options_of_two()).empty());
  decode::give_up(state, options_of_two());
  CHECK(decode::is_done(state, options_of_two()));
  REQUIRE(state.finished.size() == 2);
  CHECK(state.finished[0].ids == std::vector<int32_t>{5});
  CHECK(state.finished[1].score == -2.0F);

  decode::BeamState with_one = two_beams();
  with_one.finished = {{{7, 1}, -9.0F, -4.5F}};
  decode::give_up(with_one, options_of_two());
  REQUIRE(with_one.finished.size() == 1);
  CHECK(with_one.finished[0].ids == std::vector<int32_t>{7, 1});
}
