#include "text/word_counts.h"

#include <catch2/catch.hpp>
#include <map>
#include <string>

namespace finetune::text {
namespace {

std::map<std::string, int64_t> as_map(const WordCounts& counts) {
  std::map<std::string, int64_t> map;
  for (size_t i = 0; i < counts.size(); ++i)
    map.emplace(std::string(counts.at(i).word), counts.at(i).count);
  return map;
}

TEST_CASE("Words are counted, whatever bytes they hold, through every growth of the table") {
  WordCounts counts;
  std::map<std::string, int64_t> expected;
  for (int i = 0; i < 20000; ++i) {
    const std::string word =
        std::to_string(i % 7001) + std::string(static_cast<size_t>(i % 3), '\0');
    counts.add(word);
    ++expected[word];
  }
  CHECK(as_map(counts) == expected);
  CHECK(counts.size() == expected.size());
  CHECK(counts.total() == 20000);
}

TEST_CASE("Counts of parts add up") {
  WordCounts a;
  WordCounts b;
  a.add("one", 2);
  a.add("");
  b.add("two", 3);
  b.add("one", 40);
  a.add_all(b);
  CHECK(as_map(a) == std::map<std::string, int64_t>{{"", 1}, {"one", 42}, {"two", 3}});
  CHECK(a.at(0).word == "one");
  CHECK(a.total() == 46);
}

}  // namespace
}  // namespace finetune::text
