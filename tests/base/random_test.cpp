#include "base/random.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "base/error.h"
#include "support/test_support.h"

using namespace finetune;
using base::RandomStream;
using base::StreamPurpose;

TEST_CASE("streams give the values that a second implementation computes") {
  const auto all =
      nlohmann::json::parse(test::read_file(test::fixture("base/fixtures/random_vectors.json")));
  REQUIRE(all.size() == 4);
  for (const auto& expected : all) {
    const RandomStream stream(expected["seed"].get<uint64_t>(),
                              static_cast<StreamPurpose>(expected["purpose"].get<uint32_t>()),
                              expected["a"].get<uint64_t>(), expected["b"].get<uint64_t>());
    for (size_t i = 0; i < expected["indices"].size(); ++i) {
      const auto index = expected["indices"][i].get<uint64_t>();
      CHECK(stream.bits(index) == expected["bits"][i].get<uint64_t>());
      CHECK(stream.uniform(index) == expected["uniform"][i].get<double>());
      CHECK(stream.below(index, 1000) == expected["below_1000"][i].get<uint64_t>());
    }
    for (size_t i = 0; i < expected["normal"].size(); ++i) {
      // log and cos of two mathematical libraries differ in the last bits
      CHECK(stream.normal(expected["indices"][i].get<uint64_t>()) ==
            Approx(expected["normal"][i].get<double>()).epsilon(1e-13));
    }
    CHECK(base::random_permutation(20, stream) ==
          expected["permutation_20"].get<std::vector<int64_t>>());
  }
}

TEST_CASE("streams of other seeds, purposes and places have nothing in common") {
  std::set<uint64_t> values;
  for (const uint64_t seed : {1, 2}) {
    for (const auto purpose : {StreamPurpose::kInit, StreamPurpose::kDropout}) {
      for (uint64_t a = 0; a < 10; ++a) {
        for (uint64_t b = 0; b < 10; ++b) {
          const RandomStream stream(seed, purpose, a, b);
          for (uint64_t i = 0; i < 100; ++i) values.insert(stream.bits(i));
        }
      }
    }
  }
  CHECK(values.size() == 2 * 2 * 10 * 10 * 100);  // a chance meeting: 1 in 10^9 billion
}

TEST_CASE("uniform and below stay in range and are evenly spread") {
  const RandomStream stream(7, StreamPurpose::kBootstrap);
  constexpr uint64_t kCount = 100'000;
  std::vector<int> counts(10);
  double sum = 0;
  for (uint64_t i = 0; i < kCount; ++i) {
    const double value = stream.uniform(i);
    REQUIRE(value >= 0);
    REQUIRE(value < 1);
    sum += value;
    ++counts.at(stream.below(i, 10));
  }
  CHECK(std::abs(sum / kCount - 0.5) < 5 * std::sqrt(1.0 / 12 / kCount));   // 5 sigma
  for (const int count : counts) CHECK(std::abs(count - 10'000) < 5 * 95);  // 5 sigma
  CHECK(stream.below(0, 1) == 0);
  CHECK(stream.below(0, ~uint64_t{0}) < ~uint64_t{0});
}

TEST_CASE("normal values are finite, with mean 0 and variance 1") {
  const RandomStream stream(7, StreamPurpose::kInit);
  constexpr int kCount = 100'000;
  double sum = 0, squares = 0;
  for (uint64_t i = 0; i < kCount; ++i) {
    const double value = stream.normal(i);
    REQUIRE(std::isfinite(value));
    sum += value;
    squares += value * value;
  }
  CHECK(std::abs(sum / kCount) < 5 / std::sqrt(kCount));                // 5 sigma
  CHECK(std::abs(squares / kCount - 1) < 5 * std::sqrt(2.0 / kCount));  // 5 sigma
}

TEST_CASE("a permutation holds every number once and follows its stream") {
  const RandomStream stream(42, StreamPurpose::kDataOrder, 1);
  auto order = base::random_permutation(10'000, stream);
  CHECK(order == base::random_permutation(10'000, stream));
  CHECK(order != base::random_permutation(10'000, {42, StreamPurpose::kDataOrder, 2}));
  std::sort(order.begin(), order.end());
  for (int64_t i = 0; i < 10'000; ++i) REQUIRE(order[static_cast<size_t>(i)] == i);
  CHECK(base::random_permutation(0, stream).empty());
  CHECK(base::random_permutation(1, stream) == std::vector<int64_t>{0});
  CHECK_THROWS_AS(base::random_permutation(-1, stream), InternalError);
}

TEST_CASE("all permutations of three are equally frequent") {
  std::map<std::vector<int64_t>, int> counts;
  for (uint64_t epoch = 0; epoch < 6000; ++epoch) {
    ++counts[base::random_permutation(3, {1, StreamPurpose::kDataOrder, epoch})];
  }
  REQUIRE(counts.size() == 6);
  for (const auto& [order, count] : counts) CHECK(std::abs(count - 1000) < 5 * 29);  // 5 sigma
}
