#include "text/trie.h"

#include <catch2/catch.hpp>
#include <map>
#include <random>
#include <string>

namespace finetune::text {

TEST_CASE("a trie finds the longest string that a text starts with") {
  const Trie trie({{"a", 1}, {"abc", 2}, {"ab", 3}, {"b", 4}});
  CHECK(trie.longest(Trie::kRoot, "abd").value == 3);
  CHECK(trie.longest(Trie::kRoot, "abcd").length == 3);
  CHECK(trie.longest(Trie::kRoot, "c").value == -1);
  CHECK(trie.find("ab") == 3);
  CHECK(trie.find("abcd") == -1);
  const uint32_t node = trie.walk(Trie::kRoot, "a");
  CHECK(trie.longest(node, "bc").value == 2);
  CHECK(trie.walk(Trie::kRoot, "x") == Trie::kNone);
}

TEST_CASE("an empty trie and the empty string match nothing") {
  CHECK(Trie().longest(Trie::kRoot, "abc").value == -1);
  const Trie trie({{"", 5}, {"a", 1}});
  CHECK(trie.find("") == 5);
  CHECK(trie.longest(Trie::kRoot, "b").value == -1);
}

TEST_CASE("of equal strings the first counts") {
  const Trie trie({{"x", 7}, {"a", 1}, {"x", 8}});
  CHECK(trie.find("x") == 7);
  CHECK(trie.num_strings() == 2);
}

TEST_CASE("a trie agrees with a map on thousands of random strings") {
  std::mt19937 random(1);
  std::map<std::string, int32_t> known;
  for (int32_t i = 0; i < 20000; ++i) {
    std::string text;
    for (uint64_t length = random() % 9; length > 0; --length) {
      text += static_cast<char>(random() % 4 == 0 ? random() % 256 : 'a' + random() % 5);
    }
    known.emplace(text, i);
  }
  const Trie trie(std::vector<Trie::Entry>(known.begin(), known.end()));
  CHECK(trie.num_strings() == known.size());
  int num_wrong = 0;
  for (const auto& [text, value] : known) {
    num_wrong += trie.find(text) != value;
    const auto longer = known.find(text + "q");
    num_wrong += trie.find(text + "q") != (longer == known.end() ? -1 : longer->second);
  }
  CHECK(num_wrong == 0);
}

}  // namespace finetune::text
