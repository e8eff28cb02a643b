#include "text/word_cache.h"

#include <catch2/catch.hpp>
#include <string>
#include <thread>
#include <vector>

#include "text/padded_text.h"

namespace finetune::text {
namespace {

std::string number_word(int number) { return "word-" + std::to_string(number); }

const WordCache::ShortSlot* find_short(const WordCache& cache, std::string_view word) {
  const PaddedText text(word);
  return cache.find(load_16(text.block(0), word.size()));
}

const WordCache::LongSlot* find_long(const WordCache& cache, std::string_view word) {
  const PaddedText text(word);
  return cache.find(load_32(text.block(0), word.size()));
}

}  // namespace

TEST_CASE("tokens and where they end are given back") {
  WordCache cache;
  CHECK(find_short(cache, "hello") == nullptr);
  cache.add("hello", std::vector<Piece>{{7, 0, 2}, {8, 2, 3}, {9, 3, 5}});
  const auto* slot = find_short(cache, "hello");
  REQUIRE(slot != nullptr);
  CHECK(slot->num_tokens() == 3);
  CHECK(slot->id(2) == 9);
  CHECK(slot->end(0) == 2);
  CHECK(slot->end(1) == 3);
  CHECK(slot->end(2) == 5);
  CHECK(find_short(cache, "hell") == nullptr);
}

TEST_CASE("long words and words of many tokens have a table of their own") {
  WordCache cache;
  const std::string word(32, 'x');
  cache.add(word, std::vector<Piece>{
                      {1, 0, 30}, {2, 30, 31}, {3, 31, 31}, {4, 31, 31}, {5, 31, 31}, {6, 31, 32}});
  const auto* slot = find_long(cache, word);
  REQUIRE(slot != nullptr);
  CHECK(slot->num_tokens() == 6);
  CHECK(slot->end(0) == 30);
  CHECK(slot->end(4) == 31);
  CHECK(slot->end(5) == 32);
  cache.add("abcd", std::vector<Piece>{{1, 0, 1}, {2, 1, 2}, {3, 2, 3}, {4, 3, 4}});
  CHECK(find_short(cache, "abcd") == nullptr);
  CHECK(find_long(cache, "abcd") != nullptr);
}

TEST_CASE("ends that are not known stay so, that of the last token too") {
  WordCache cache;
  cache.add("short", std::vector<Piece>{{1, 0, kUnknownEnd}});
  cache.add("many", std::vector<Piece>(6, Piece{1, 0, kUnknownEnd}));
  CHECK(find_short(cache, "short")->end(0) == kUnknownEnd);
  CHECK(find_long(cache, "many")->end(5) == kUnknownEnd);
}

TEST_CASE("a word that stands for no tokens is remembered, one that does not fit is not") {
  WordCache cache;
  cache.add("odd", {});
  REQUIRE(find_short(cache, "odd") != nullptr);
  CHECK(find_short(cache, "odd")->num_tokens() == 0);
  cache.add(std::string_view("nul\0", 4), std::vector<Piece>{{1, 0, 4}});
  CHECK(find_short(cache, "nul") == nullptr);  // it would look the same
  cache.add(std::string(33, 'x'), std::vector<Piece>{{1, 0, 33}});
  cache.add("abcdefg", std::vector<Piece>(7, Piece{1, 0, 1}));
  CHECK(find_long(cache, "abcdefg") == nullptr);
}

TEST_CASE("a full table forgets nothing and takes no more") {
  WordCache cache;
  for (int i = 0; i < 400'000; ++i) cache.add(number_word(i), std::vector<Piece>{{i, 0, 1}});
  int num_found = 0;
  for (int i = 0; i < 400'000; ++i) {
    const auto* slot = find_short(cache, number_word(i));
    if (slot == nullptr) continue;
    ++num_found;
    if (slot->id(0) != i) FAIL("the wrong word");
  }
  CHECK(num_found > 100'000);
  CHECK(num_found < 140'000);
}

TEST_CASE("threads that add and read at once see whole entries only") {
  WordCache cache;
  std::vector<std::thread> threads;
  std::atomic<int> num_wrong = 0;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&cache, &num_wrong, t] {
      for (int i = 0; i < 40'000; ++i) {
        const int number = (i * 7 + t) % 5000;
        const std::string word = number_word(number);
        const auto* slot = find_short(cache, word);
        if (slot != nullptr && slot->id(0) != number) ++num_wrong;
        if (slot == nullptr) cache.add(word, std::vector<Piece>{{number, 0, 1}});
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(num_wrong == 0);
}

}  // namespace finetune::text
