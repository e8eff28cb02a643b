#include "text/pair_queue.h"

#include <catch2/catch.hpp>

#include "text/bpe_trainer.h"

namespace finetune::text {
namespace {

const std::vector<std::string> kTokens = {"z", "b", "y", "a"};
using Rows = std::vector<uint32_t>;

TEST_CASE("The most frequent pair comes first, with the rows it is in") {
  PairQueue queue(TieRule::kLowestIds, kTokens);
  queue.gain({0, 1}, 2, 0);
  queue.gain({2, 3}, 5, 0);
  queue.gain({2, 3}, 5, 0);
  queue.gain({0, 1}, 2, 7);
  queue.offer_gained();
  const auto first = queue.pop();
  REQUIRE(first);
  CHECK(first->pair == TokenPair{2, 3});
  CHECK(first->count == 10);
  CHECK(first->rows == Rows{0});
  const auto second = queue.pop();
  REQUIRE(second);
  CHECK(second->count == 4);
  CHECK(second->rows == Rows{0, 7});
  CHECK_FALSE(queue.pop());
}

TEST_CASE("Equal counts go by the lower ids, or by the greater texts") {
  for (const auto& [rule, expected] : {std::pair{TieRule::kLowestIds, TokenPair{0, 3}},
                                       std::pair{TieRule::kGreatestText, TokenPair{0, 1}}}) {
    PairQueue queue(rule, kTokens);
    queue.gain({2, 0}, 1, 0);
    queue.gain(expected == TokenPair{0, 3} ? TokenPair{1, 0} : TokenPair{0, 3}, 1, 0);
    queue.gain(expected, 1, 0);
    queue.offer_gained();
    CHECK(queue.pop()->pair == expected);
  }
}

TEST_CASE("An entry whose pair has become rarer sinks to where it belongs") {
  PairQueue queue(TieRule::kLowestIds, kTokens);
  queue.gain({0, 1}, 9, 0);
  queue.gain({0, 2}, 5, 1);
  queue.gain({0, 3}, 3, 2);
  queue.offer_gained();
  queue.lose({0, 1}, 5);
  CHECK(queue.pop()->pair == TokenPair{0, 2});
  const auto sunk = queue.pop();
  CHECK(sunk->pair == TokenPair{0, 1});
  CHECK(sunk->count == 4);
}

TEST_CASE("A pair that arises again gets an entry for the new rows, before the old one") {
  PairQueue queue(TieRule::kLowestIds, kTokens);
  queue.gain({0, 1}, 2, 0);
  queue.offer_gained();
  queue.gain({0, 1}, 3, 4);
  queue.offer_gained();
  const auto later = queue.pop();
  CHECK(later->count == 5);
  CHECK(later->rows == Rows{4});
  const auto earlier = queue.pop();
  CHECK(earlier->count == 5);
  CHECK(earlier->rows == Rows{0});
}

TEST_CASE("A pair that came and went within a step is not offered") {
  PairQueue queue(TieRule::kLowestIds, kTokens);
  queue.gain({0, 1}, 2, 0);
  queue.lose({0, 1}, 2);
  queue.offer_gained();
  CHECK_FALSE(queue.pop());
}

}  // namespace
}  // namespace finetune::text
