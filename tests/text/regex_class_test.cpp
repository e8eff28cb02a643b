#include <catch2/catch.hpp>

#include "text/regex_reader.h"

namespace finetune::text {
namespace {

/// The class "[...]", which must be all of `regex`.
RegexClass read(std::u32string_view regex) {
  RegexReader reader(regex);
  reader.take();
  RegexClass result = read_class(reader);
  CHECK(reader.at_end());
  return result;
}

CodePointSet set_of(std::u32string_view regex) { return read(regex).members(); }

}  // namespace

// Expected: the code points that Regex of tokenizers 0.22.2 matches.
TEST_CASE("classes within classes are joined, && cuts them") {
  CHECK(set_of(U"[a[b]]") == CodePointSet{{U'a', U'b'}});
  CHECK(set_of(U"[[a]-z]") == CodePointSet{{U'-', U'-'}, {U'a', U'a'}, {U'z', U'z'}});
  CHECK(set_of(U"[a-d&&[^b]]") == CodePointSet{{U'a', U'a'}, {U'c', U'd'}});
  CHECK(set_of(U"[ab&&bc&&a-c]") == CodePointSet{{U'b', U'b'}});
  CHECK(set_of(U"[^[^a-c]]") == CodePointSet{{U'a', U'c'}});
  CHECK(set_of(U"[^a-d&&b-e]") == complement({{U'b', U'd'}}));
  CHECK(set_of(U"[a&&]").empty());
  CHECK(set_of(U"[&&a]").empty());
  CHECK(set_of(U"[a-c&&-]").empty());
  CHECK(set_of(U"[a&b||]") == CodePointSet{{U'&', U'&'}, {U'a', U'b'}, {U'|', U'|'}});
  CHECK(set_of(U"[\\pL]") == CodePointSet{{U'L', U'L'}, {U'p', U'p'}});
  CHECK(read(U"[^a]").is_negated);
  CHECK(read(U"[^a]").set == CodePointSet{{U'a', U'a'}});
}

TEST_CASE("a dash makes a range between characters only") {
  CHECK(set_of(U"[a-c-e]") == CodePointSet{{U'-', U'-'}, {U'a', U'c'}, {U'e', U'e'}});
  CHECK(set_of(U"[--a]") == CodePointSet{{U'-', U'a'}});
  CHECK(set_of(U"[\\x41-\\x{43}]") == CodePointSet{{U'A', U'C'}});
  CHECK(set_of(U"[\\d-]") == union_of(*property_set("Nd"), {{U'-', U'-'}}));
}

TEST_CASE("POSIX brackets are sets") {
  CHECK(set_of(U"[[:upper:]]") == property_set("Upper"));
  CHECK(set_of(U"[[:^alpha:]]") == complement(*property_set("Alpha")));
  CHECK(set_of(U"[[:word:]]") == regex_word_set_in_class());
  CHECK(set_of(U"[[:punct:]]") == union_of(*property_set("P"), *property_set("S")));
}

TEST_CASE("what the library refuses, or what is not surely the same, is refused") {
  for (const std::u32string_view regex : {U"[a", U"[]a]", U"[a-\\d]", U"[\\d-a]", U"[[:alpha:]-z]",
                                          U"[[:foo:]]", U"[[:alpha]", U"[z-a]", U"[\\1]"}) {
    INFO(std::string(regex.begin(), regex.end()));
    CHECK_THROWS_AS(read(regex), RegexRefusal);
  }
  CHECK_THROWS_AS(read(std::u32string(100, U'[')), RegexRefusal);
}

}  // namespace finetune::text
