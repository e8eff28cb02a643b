#include "metrics/edit_rate.h"

#include <catch2/catch.hpp>
#include <random>

using finetune::metrics::Symbols;
using finetune::metrics::translation_edits;

// Random sentences against sacreBLEU: ter_test.cpp. Here the counts can be seen by hand.

TEST_CASE("insertions, deletions, substitutions and a shifted run cost one each") {
  CHECK(translation_edits({1, 2, 3}, {1, 2, 3}) == 0);
  CHECK(translation_edits({1, 3}, {1, 2, 3}) == 1);
  CHECK(translation_edits({1, 2, 9, 3}, {1, 2, 3}) == 1);
  CHECK(translation_edits({1, 9, 3}, {1, 2, 3}) == 1);
  CHECK(translation_edits({4, 5, 6, 7, 8, 1, 2, 3}, {1, 2, 3, 4, 5, 6, 7, 8}) == 1);
}

TEST_CASE("an empty side costs the length of the other") {
  CHECK(translation_edits({}, {}) == 0);
  CHECK(translation_edits({1, 2}, {}) == 2);
  CHECK(translation_edits({}, {1, 2, 3}) == 3);
}

TEST_CASE("sentences of very different length stay within the beam") {
  CHECK(translation_edits({1}, Symbols(300, 1)) == 299);
  CHECK(translation_edits(Symbols(300, 1), {1}) == 299);
}

TEST_CASE("long texts of few words end in reasonable time") {
  std::mt19937 random(1);
  Symbols a(3000), b(3000);
  for (uint32_t& word : a) word = static_cast<uint32_t>(random() % 4);
  for (uint32_t& word : b) word = static_cast<uint32_t>(random() % 4);
  CHECK(translation_edits(a, b) > 0);
}
