#include "decode/generator.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros_like.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>
#include <set>

#include "support/standard_stream.h"
#include "support/test_support.h"
#include "toy_language.h"

using namespace finetune;
using Catch::Contains;
using nlohmann::json;

namespace {

using Ids = std::vector<int32_t>;

nn::TokenBatch batch_of(const std::vector<Ids>& prompts) {
  nn::TokenBatch batch;
  std::vector<int64_t> ids;
  batch.sequences.offsets = {0};
  for (const Ids& prompt : prompts) {
    ids.insert(ids.end(), prompt.begin(), prompt.end());
    batch.sequences.offsets.push_back(static_cast<int64_t>(ids.size()));
  }
  batch.token_ids = at::tensor(ids);
  return batch;
}

decode::EarlyStopping stopping(const json& value) {
  if (value.is_string()) return decode::EarlyStopping::kNever;
  return value.get<bool>() ? decode::EarlyStopping::kFirstFinished
                           : decode::EarlyStopping::kHeuristic;
}

decode::Options options_of(const json& given) {
  decode::Options options;
  options.max_new_tokens = given.value("max_new_tokens", int64_t{0});
  options.max_length = given.value("max_length", int64_t{0});
  options.min_new_tokens = given.value("min_new_tokens", int64_t{0});
  options.min_length = given.value("min_length", int64_t{0});
  options.num_beams = given.at("num_beams");
  options.length_penalty = given.value("length_penalty", 1.0);
  options.early_stopping = stopping(given.value("early_stopping", json(false)));
  options.num_return_sequences = given.value("num_return_sequences", int64_t{1});
  options.repetition_penalty = given.value("repetition_penalty", 1.0);
  options.no_repeat_ngram_size = given.value("no_repeat_ngram_size", int64_t{0});
  options.suppress_tokens = given.value("suppress_tokens", Ids{});
  options.bad_words_ids = given.value("bad_words_ids", std::vector<Ids>{});
  const auto id = [&](const char* key) {
    return given.contains(key) ? std::optional<int32_t>(given.at(key)) : std::nullopt;
  };
  options.renormalize_logits = given.value("renormalize_logits", false);
  options.forced_bos_token_id = id("forced_bos_token_id");
  options.forced_eos_token_id = id("forced_eos_token_id");
  const json& ends = given.at("eos_token_id");
  options.eos_token_ids = ends.is_array() ? ends.get<Ids>() : Ids{ends.get<int32_t>()};
  return options;
}

std::vector<decode::Hypotheses> write(const std::vector<Ids>& prompts,
                                      const decode::Options& options,
                                      const std::vector<int64_t>& streams = {}) {
  test::ToyLanguage model;
  return decode::generate(model, batch_of(prompts), options, streams);
}

Ids best(const Ids& prompt, const decode::Options& options, int64_t stream = 0) {
  return write({prompt}, options, {stream})[0][0].token_ids;
}

}  // namespace

TEST_CASE("greedy and beam search write what transformers writes under every setting") {
  const json fixture =
      json::parse(test::read_file(test::fixture("decode/fixtures/generations.json")));
  const auto prompts = fixture.at("prompts").get<std::vector<Ids>>();
  for (const json& item : fixture.at("cases")) {
    const auto results = write(prompts, options_of(item.at("options")));
    for (size_t i = 0; i < prompts.size(); ++i) {
      const json& expected = item.at("outputs").at(i);
      INFO(item.at("options").dump() << ", prompt " << i);
      REQUIRE(results[i].size() == expected.size());
      for (size_t rank = 0; rank < expected.size(); ++rank) {
        CHECK(results[i][rank].token_ids == expected[rank][0].get<Ids>());
        if (expected[rank][1].is_null()) continue;
        CHECK(results[i][rank].score == Approx(expected[rank][1].get<double>()).epsilon(1e-5));
      }
    }
  }
}

TEST_CASE("a text does not depend on its neighbours") {
  decode::Options options;
  options.max_new_tokens = 15;
  options.num_beams = GENERATE(1, 3);
  options.do_sample = GENERATE(false, true);
  options.eos_token_ids = {3, 8, 9};
  const std::vector<Ids> prompts = {{1}, {5, 6, 7, 8}, {9}, {1, 2}};
  const auto together = write(prompts, options, {10, 17, 4, 9});
  for (size_t i = 0; i < prompts.size(); ++i) {
    const int64_t stream = std::vector<int64_t>{10, 17, 4, 9}[i];
    CHECK(together[i][0].token_ids == best(prompts[i], options, stream));
  }
}

TEST_CASE("without a length the model's own is the limit") {
  test::ToyLanguage model;
  model.max_length_ = 9;
  const auto results = decode::generate(model, batch_of({{1, 2}}), {});
  CHECK(results[0][0].token_ids.size() == 7);
}

TEST_CASE("what the options leave open comes from the model") {
  test::ToyLanguage model;
  model.special_ids_.forced_bos = 12;
  model.special_ids_.eos = {12};
  const auto results = decode::generate(model, batch_of({{1}}), {});
  CHECK(results[0][0].token_ids == Ids{12});
  decode::Options options;
  options.forced_bos_token_id = 13;
  options.max_new_tokens = 1;
  CHECK(decode::generate(model, batch_of({{1}}), options)[0][0].token_ids == Ids{13});
}

TEST_CASE("log-probabilities are those of the model, whatever is drawn from") {
  decode::Options options;
  options.max_new_tokens = 6;
  options.do_sample = true;
  options.temperature = 0.5;
  options.num_return_sequences = 2;
  const test::ToyLanguage model;
  const at::Tensor table = model.head().weight;
  const auto results = write({{1}}, options);
  for (const decode::Hypothesis& text : results[0]) {
    double expected = 0.0;
    int64_t before = 0;
    int64_t last = 1;
    for (const int32_t id : text.token_ids) {
      const at::Tensor logits =
          table.select(1, before * test::ToyLanguage::kVocabSize + last).to(at::kDouble);
      expected += logits[id].item<double>() - logits.exp().sum().log().item<double>();
      before = last;
      last = id;
    }
    CHECK(text.log_probability == Approx(expected).epsilon(1e-5));
  }
}

namespace {

constexpr size_t kNumDraws = 4000;
constexpr int64_t kVocabSize = test::ToyLanguage::kVocabSize;

/// Logits after the tokens `before` and `last`.
at::Tensor logits_after(int64_t before, int64_t last) {
  return test::ToyLanguage().head().weight.select(1, before * kVocabSize + last).to(at::kDouble);
}

/// softmax after the usual narrowing, from its definition: the largest `top_k` logits, then the
/// likeliest tokens up to the probability `top_p`, then those at least `min_p` as likely as the
/// likeliest.
at::Tensor narrowed(const at::Tensor& logits, const decode::Options& options) {
  at::Tensor probs = (logits / options.temperature).softmax(0);
  if (options.top_k > 0 && options.top_k < kVocabSize) {
    const at::Tensor least = std::get<0>(probs.topk(options.top_k)).min();
    probs = probs.masked_fill(probs < least, 0.0);
    probs = probs / probs.sum();
  }
  const auto [sorted, order] = probs.sort(/*dim=*/0, /*descending=*/true);
  const at::Tensor before = sorted.cumsum(0) - sorted;
  probs = probs.masked_fill(
      at::zeros_like(probs, at::kBool).scatter(0, order, before >= options.top_p), 0.0);
  probs = probs / probs.sum();
  if (options.min_p) probs = probs.masked_fill(probs < *options.min_p * probs.max(), 0.0);
  return probs / probs.sum();
}

/// Chi-squared of counts of tokens against probabilities, four deviations allowed.
void check_frequencies(const std::vector<double>& counts, const at::Tensor& probs) {
  double num_draws = 0.0;
  for (const double count : counts) num_draws += count;
  double chi_squared = 0.0;
  int64_t cells = 0;
  for (int64_t token = 0; token < kVocabSize; ++token) {
    const double mean = probs[token].item<double>() * num_draws;
    if (mean == 0.0) CHECK(counts[static_cast<size_t>(token)] == 0.0);
    if (mean < 5.0) continue;
    chi_squared += std::pow(counts[static_cast<size_t>(token)] - mean, 2) / mean;
    ++cells;
  }
  CHECK(chi_squared <
        static_cast<double>(cells) + 4.0 * std::sqrt(2.0 * static_cast<double>(cells)));
}

std::vector<double> first_tokens(const std::vector<decode::Hypotheses>& texts) {
  std::vector<double> counts(static_cast<size_t>(kVocabSize));
  for (const auto& hypotheses : texts) {
    for (const auto& text : hypotheses) counts[static_cast<size_t>(text.token_ids[0])] += 1;
  }
  return counts;
}

}  // namespace

TEST_CASE("sampling follows the model's distribution, narrowed as the options say") {
  decode::Options options;
  options.max_new_tokens = 1;
  options.do_sample = true;
  options.top_k = GENERATE(0, 5);
  options.top_p = GENERATE(1.0, 0.6);
  options.temperature = GENERATE(1.0, 0.7, 2.5);
  options.min_p = GENERATE(std::optional<double>(), std::optional<double>(0.2));
  INFO("top_k " << options.top_k << ", top_p " << options.top_p << ", temperature "
                << options.temperature << ", min_p " << options.min_p.value_or(0));
  const auto texts = write(std::vector<Ids>(kNumDraws, Ids{7, 4}), options);
  check_frequencies(first_tokens(texts), narrowed(logits_after(7, 4), options));
}

TEST_CASE("sequences drawn for one prompt are drawn each for itself") {
  decode::Options options;
  options.max_new_tokens = 2;
  options.do_sample = true;
  options.num_return_sequences = 4000;
  const auto texts = write({{7, 4}}, options);
  REQUIRE(texts[0].size() == 4000);
  check_frequencies(first_tokens(texts), logits_after(7, 4).softmax(0));
  // The second token after the likeliest first one.
  const int64_t likeliest = logits_after(7, 4).argmax().item<int64_t>();
  std::vector<double> counts(static_cast<size_t>(kVocabSize));
  for (const auto& text : texts[0]) {
    if (text.token_ids[0] == likeliest) counts[static_cast<size_t>(text.token_ids[1])] += 1;
  }
  check_frequencies(counts, logits_after(4, likeliest).softmax(0));
}

TEST_CASE("beam sampling draws continuations without replacement and ranks what it drew") {
  decode::Options options;
  options.max_new_tokens = 1;
  options.do_sample = true;
  options.num_beams = 2;
  const auto texts = write(std::vector<Ids>(kNumDraws, Ids{7, 4}), options);
  // The better of the first two draws: i first, then a lesser j, or the other way round.
  const at::Tensor probs = logits_after(7, 4).softmax(0);
  const at::Tensor pairs = probs.view({-1, 1}) * probs / (1.0 - probs.view({-1, 1}));
  const at::Tensor is_lesser = probs.view({-1, 1}) > probs;
  check_frequencies(first_tokens(texts), ((pairs + pairs.t()) * is_lesser).sum(1));
}

TEST_CASE("several texts come best first, and fewer of them are the first of more") {
  decode::Options options;
  options.max_new_tokens = 8;
  options.num_beams = 5;
  options.eos_token_ids = {3, 8, 9};
  options.num_return_sequences = 5;
  const std::vector<Ids> prompts = {{1}, {5, 6, 7, 8}, {9}};
  const auto all = write(prompts, options);
  options.num_return_sequences = 2;
  const auto two = write(prompts, options);
  for (size_t i = 0; i < prompts.size(); ++i) {
    REQUIRE(all[i].size() == 5);
    REQUIRE(two[i].size() == 2);
    for (size_t rank = 1; rank < 5; ++rank) CHECK(all[i][rank - 1].score >= all[i][rank].score);
    for (size_t rank = 0; rank < 2; ++rank) CHECK(two[i][rank].token_ids == all[i][rank].token_ids);
  }
}

TEST_CASE("sampling is a function of seed and stream") {
  decode::Options options;
  options.max_new_tokens = 12;
  options.do_sample = true;
  options.num_beams = GENERATE(1, 2);
  CHECK(best({1}, options, 5) == best({1}, options, 5));
  CHECK(best({1}, options, 5) != best({1}, options, 6));
  decode::Options other = options;
  other.seed = 1;
  CHECK(best({1}, options, 5) != best({1}, other, 5));
}

TEST_CASE("where the rules leave no token to any beam the best one is the text") {
  decode::Options options;
  options.max_new_tokens = 60;
  options.min_new_tokens = 60;
  options.no_repeat_ngram_size = 1;
  options.eos_token_ids = {3};
  options.num_beams = 2;
  options.num_return_sequences = 2;
  const auto texts = write({{1}, {5, 6}}, options);
  for (size_t i = 0; i < 2; ++i) {
    REQUIRE(texts[i].size() == 2);
    CHECK(texts[i][0].score >= texts[i][1].score);
    for (const decode::Hypothesis& text : texts[i]) {  // every token but those of prompt and end
      CHECK(text.token_ids.size() == static_cast<size_t>(kVocabSize) - 2 - i);
      CHECK(std::set(text.token_ids.begin(), text.token_ids.end()).size() == text.token_ids.size());
      const auto length = static_cast<double>(text.token_ids.size());
      CHECK(text.score == Approx(text.log_probability / length));
    }
  }
}

TEST_CASE("where the rules leave no token a text that is drawn ends") {
  decode::Options options;
  options.max_new_tokens = 60;
  options.no_repeat_ngram_size = 1;
  options.do_sample = true;
  options.num_beams = GENERATE(1, 3);
  CHECK(best({1}, options).size() == static_cast<size_t>(kVocabSize) - 1);
  options.suppress_tokens.resize(static_cast<size_t>(kVocabSize));
  std::iota(options.suppress_tokens.begin(), options.suppress_tokens.end(), 0);
  const auto nothing = write({{1}}, options);
  CHECK(nothing[0].at(0).token_ids.empty());
  CHECK(nothing[0].at(0).score == 0.0);
}

TEST_CASE("prompts too long for the least length are counted in a warning") {
  const test::TemporaryFolder folder;
  test::write_file(folder.path() / "stderr", "");
  decode::Options options;
  options.max_length = 6;
  options.min_new_tokens = 4;
  {
    const test::StandardStream errors(STDERR_FILENO, folder.path() / "stderr");
    CHECK(write({{1, 2}}, options)[0][0].token_ids.size() == 4);
  }
  CHECK(test::read_file(folder.path() / "stderr").empty());
  {
    const test::StandardStream errors(STDERR_FILENO, folder.path() / "stderr");
    CHECK(write({{1, 2, 4}, {1}}, options)[0][0].token_ids.size() == 3);
  }
  CHECK_THAT(test::read_file(folder.path() / "stderr"),
             Contains("1 of 2 prompts leave no room for min_new_tokens 4"));
}

TEST_CASE("what cannot be generated is refused") {
  test::ToyLanguage model;
  model.max_length_ = 3;
  const nn::TokenBatch prompt = batch_of({{1, 2, 4}});
  CHECK_THROWS_WITH(decode::generate(model, prompt, {}),
                    Contains("a prompt of 3 tokens leaves no room"));
  decode::Options options;
  options.num_beams = 0;
  CHECK_THROWS_WITH(decode::generate(model, prompt, options), Contains("num_beams 0 is below 1"));
}
