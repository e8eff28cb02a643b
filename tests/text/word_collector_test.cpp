#include "text/word_collector.h"

#include <catch2/catch.hpp>

namespace finetune::text {
namespace {

const std::vector<std::pair<std::string, int32_t>> kTokens = {
    {"[UNK]", 0}, {"a", 1}, {"##b", 2}, {"\u00E9", 3}};

}  // namespace

TEST_CASE("a word becomes its pieces with the places of their characters") {
  const WordPiece model(kTokens, {});
  TokenBuffer out;
  WordCollector words;
  words.start(model, true, out);
  words.finish_word();
  CHECK(out.ids.empty());
  words.add('a', {4, 5});
  words.add('b', {7, 9});
  words.finish_word();
  words.add(0xE9, {9, 10});
  words.finish_word();
  CHECK(out.ids == std::vector<int32_t>{1, 2, 3});
  CHECK(out.offsets == std::vector<CharRange>{{4, 5}, {7, 9}, {9, 10}});
}

TEST_CASE("a word beyond the limit is one unknown token from its first to its last character") {
  WordPieceOptions options;
  options.max_chars_per_word = 2;
  const WordPiece model(kTokens, options);
  TokenBuffer out;
  WordCollector words;
  words.start(model, true, out);
  for (int32_t i = 0; i < 1000; ++i) words.add('a', {i, i + 1});
  words.finish_word();
  CHECK(out.ids == std::vector<int32_t>{0});
  CHECK(out.offsets == std::vector<CharRange>{{0, 1000}});
}

TEST_CASE("starting anew forgets an unfinished word") {
  const WordPiece model(kTokens, {});
  TokenBuffer out;
  WordCollector words;
  words.start(model, false, out);
  words.add('a', {0, 1});
  words.start(model, false, out);
  CHECK(words.is_empty());
  words.finish_word();
  CHECK(out.ids.empty());
}

}  // namespace finetune::text
