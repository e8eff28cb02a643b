#include "text/grapheme.h"

#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>
#include <vector>

#include "support/test_support.h"

namespace finetune::text {
namespace {

std::vector<size_t> lengths(std::u32string_view text) {
  std::vector<size_t> found;
  while (!text.empty()) {
    found.push_back(grapheme_length(text));
    text.remove_prefix(found.back());
  }
  return found;
}

using Lengths = std::vector<size_t>;

}  // namespace

TEST_CASE("graphemes follow the rules of Unicode Standard Annex 29") {
  CHECK(lengths(U"ab\u0301\u0302c") == Lengths{1, 3, 1});
  CHECK(lengths(U"\r\n\n\r") == Lengths{2, 1, 1});
  CHECK(lengths(U"\r\u0301") == Lengths{1, 1});
  CHECK(lengths(U"\u0600a\u0600\n") == Lengths{2, 1, 1});
  CHECK(lengths(U"\u1100\u1161\u11A8\u1100") == Lengths{3, 1});
  CHECK(lengths(U"\uAC00\u11A8\u11A8\uAC01\u1161") == Lengths{3, 1, 1});
  CHECK(lengths(U"\U0001F1E6\U0001F1E7\U0001F1E8\U0001F1E9\U0001F1EA") == Lengths{2, 2, 1});
  CHECK(lengths(U"\U0001F600\u200D\U0001F600\U0001F600") == Lengths{3, 1});
  CHECK(lengths(U"\U0001F600\u0301\u200D\U0001F600") == Lengths{4});
  CHECK(lengths(U"\U0001F600\u200D\u200D\U0001F600") == Lengths{3, 1});
  CHECK(lengths(U"\u0915\u094D\u0937\u093F") == Lengths{4});
  CHECK(lengths(U"\u0915\u094D\u200C\u0937") == Lengths{3, 1});
  CHECK(lengths(U"\u0915\u094D\u200D\u0937") == Lengths{4});
  CHECK(lengths(U"a\u200D\U0001F600") == Lengths{2, 1});
}

TEST_CASE("graphemes equal those of the Unicode Consortium's test file") {
  const auto file = test::shared_data("unicode-torture/GraphemeBreakTest.txt");
  if (!file) return;
  std::ifstream in(*file);
  int count = 0;
  for (std::string line; std::getline(in, line);) {
    std::istringstream fields(line.substr(0, line.find('#')));
    std::u32string text;
    Lengths expected;
    for (std::string field; fields >> field;) {
      if (field == "\u00F7") {  // a boundary
        expected.push_back(0);
      } else if (field != "\u00D7") {
        text.push_back(static_cast<char32_t>(std::stoul(field, nullptr, 16)));
        ++expected.back();
      }
    }
    if (text.empty()) continue;
    expected.pop_back();  // the boundary at the end
    INFO(line);
    CHECK(lengths(text) == expected);
    ++count;
  }
  CHECK(count > 600);
}

}  // namespace finetune::text
