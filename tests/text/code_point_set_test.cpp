#include "text/code_point_set.h"

#include <catch2/catch.hpp>

namespace finetune::text {

TEST_CASE("properties are found by short, long and loosely spelt names") {
  CHECK(property_set("Zl") == CodePointSet{{0x2028, 0x2028}});
  CHECK(property_set("white space") == regex_space_set());
  CHECK(property_set("Unheard") == std::nullopt);
  CHECK(property_set("Letter") == property_set("l"));
  CHECK(property_set("Nd")->front() == std::pair<char32_t, char32_t>{U'0', U'9'});
  CHECK(property_set("Han")->size() > 10);
}

// Sizes of what \p{..} matches in tokenizers 0.22.2; the sets themselves are in
// pipeline_reference.py.
TEST_CASE("scripts and POSIX names are properties, too") {
  const auto size_of = [](std::string_view name) {
    size_t size = 0;
    const CodePointSet set = property_set(name).value();
    for (const auto& [first, last] : set) size += last - first + 1;
    return size;
  };
  CHECK(size_of("Latin") == 1487);
  CHECK(size_of("Common") == 9053);
  CHECK(size_of("Lower") == 2569);
  CHECK(size_of("Upper_case") == 1978);
  CHECK(size_of("alnum") == 143519);
  CHECK(size_of("Graph") == 292447);
  CHECK(size_of("Print") == 292464);
  CHECK(size_of("Blank") == 18);
  CHECK(size_of("Punct") == 855);
  CHECK(size_of("Emoji") == 1431);
  CHECK(size_of("XDigit") == 22);
}

TEST_CASE("sets are joined and cut") {
  const CodePointSet low{{1, 5}, {9, 9}}, high{{4, 8}, {20, 30}};
  CHECK(union_of(low, high) == CodePointSet{{1, 9}, {20, 30}});
  CHECK(intersection(low, high) == CodePointSet{{4, 5}});
  CHECK(intersection(low, {}).empty());
  CHECK(union_of({}, {}).empty());
}

TEST_CASE("the complement of the complement is the set") {
  const CodePointSet digits{{U'0', U'9'}, {0x10FFFF, 0x10FFFF}};
  CHECK(complement(digits) == CodePointSet{{0, U'/'}, {U':', 0x10FFFE}});
  CHECK(complement(complement(digits)) == digits);
}

TEST_CASE("spaces and word characters are those of regular expressions") {
  CHECK(regex_space_set().front() == std::pair<char32_t, char32_t>{9, 13});
  const CodePointSet words = regex_word_set();
  CHECK(words.front() == std::pair<char32_t, char32_t>{U'0', U'9'});
}

}  // namespace finetune::text
