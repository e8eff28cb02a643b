#include "text/corpus.h"

#include <catch2/catch.hpp>
#include <map>

#include "base/error.h"
#include "support/test_support.h"

namespace finetune::text {
namespace {

using test::TemporaryFolder;
using test::write_file;

std::vector<std::string> blocks(const std::vector<std::string>& files, size_t max_bytes) {
  Corpus corpus(files);
  std::vector<std::string> all;
  for (auto block = corpus.next(max_bytes); !block.empty(); block = corpus.next(max_bytes))
    all.emplace_back(block);
  return all;
}

std::map<std::string, int64_t> count(const std::vector<std::string>& files, int num_threads) {
  const auto lines = [](std::string_view line, WordCounts& counts) { counts.add(line); };
  const WordCounts counts = count_words(files, lines, num_threads);
  std::map<std::string, int64_t> map;
  for (size_t i = 0; i < counts.size(); ++i)
    map[std::string(counts.at(i).word)] = counts.at(i).count;
  return map;
}

TEST_CASE("Blocks hold whole lines, a longer line comes whole, and files do not run together") {
  const TemporaryFolder folder;
  const std::string a = folder.path() / "a";
  const std::string b = folder.path() / "b";
  const std::string empty = folder.path() / "empty";
  write_file(a, "one\ntwo\n0123456789\nx");
  write_file(b, "y\n");
  write_file(empty, "");
  CHECK(blocks({a, empty, b}, 8) ==
        std::vector<std::string>{"one\ntwo\n", "0123456789\n", "x", "y\n"});
  CHECK(blocks({a, b}, 1000) == std::vector<std::string>{"one\ntwo\n0123456789\n", "x", "y\n"});
  CHECK(blocks({empty}, 8).empty());
}

TEST_CASE("Lines are counted with their ends, alike on one thread and on many") {
  const TemporaryFolder folder;
  const std::string file = folder.path() / "text";
  std::string text;
  for (int i = 0; i < 200000; ++i) text += "line " + std::to_string(i % 1000) + "\n";
  write_file(file, text + "end");
  const auto one = count({file}, 1);
  CHECK(one == count({file}, 4));
  CHECK(one.size() == 1001);
  CHECK(one.at("line 7\n") == 200);
  CHECK(one.at("end") == 1);
}

TEST_CASE("Invalid UTF-8 is an error that names file and line, and missing files are named") {
  const TemporaryFolder folder;
  const std::string file = folder.path() / "text";
  write_file(file, "good\ngut\nsch\xF6n\n");
  CHECK_THROWS_WITH(blocks({file}, 5), Catch::Contains("text:3") && Catch::Contains("UTF-8"));
  CHECK_THROWS_AS(blocks({file}, 1000), DataError);
  CHECK_THROWS_WITH(blocks({(folder.path() / "none").string()}, 5), Catch::Contains("none"));
}

}  // namespace
}  // namespace finetune::text
