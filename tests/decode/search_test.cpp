#include "decode/search.h"

#include <catch2/catch.hpp>

using namespace finetune;

namespace {

using Ids = std::vector<int32_t>;

}  // namespace

TEST_CASE("continuations leave one by one, and the others keep their rows") {
  decode::Options options;
  options.do_sample = true;
  options.num_return_sequences = 2;
  options.eos_token_ids = {1};
  const auto search = decode::make_search(options, {{0}, 10, 0});
  const std::vector<float> even = {0, 0, 0};
  const std::vector<float> sum = {1.0986F};
  std::vector<float> first = even;
  search->advance(first, sum);
  size_t rows = search->next_rows().size();
  for (const auto& row : search->next_rows()) CHECK(row.parent == 0);
  for (int step = 0; step < 8 && rows > 0; ++step) {
    std::vector<float> scores;
    for (size_t i = 0; i < rows; ++i) scores.insert(scores.end(), even.begin(), even.end());
    search->advance(scores, std::vector<float>(rows, sum[0]));
    const auto next = search->next_rows();
    CHECK(next.size() <= rows);
    for (const auto& row : next) CHECK(row.parent < static_cast<int64_t>(rows));
    rows = next.size();
  }
  CHECK(rows == 0);
  const auto results = search->results();
  REQUIRE(results.size() == 2);
  CHECK(results[0].score >= results[1].score);
}

TEST_CASE("a beam search starts from one row and then has one for each beam") {
  decode::Options options;
  options.num_beams = 3;
  options.eos_token_ids = {1};
  const auto search = decode::make_search(options, {{0}, 4, 0});
  std::vector<float> scores = {-3, -9, -1, -2, -4, -5};
  search->advance(scores, std::vector<float>{0});
  const auto rows = search->next_rows();
  REQUIRE(rows.size() == 3);
  CHECK(rows[0].token == 2);
  CHECK(rows[1].token == 3);
  CHECK(rows[2].token == 0);
  CHECK(search->results().empty());
}

TEST_CASE("the length limit ends a text without an end token") {
  const decode::Options options;
  const auto search = decode::make_search(options, {{0}, 3, 0});
  std::vector<float> scores = {-3, -1};
  search->advance(scores, std::vector<float>{0});
  REQUIRE(search->next_rows().size() == 1);
  search->advance(scores, std::vector<float>{0});
  CHECK(search->next_rows().empty());
  CHECK(search->results()[0].token_ids == Ids{1, 1});
  CHECK(search->results()[0].log_probability == -2.0);
}
