#include "text/regex_pattern.h"

#include <catch2/catch.hpp>
#include <chrono>
#include <nlohmann/json.hpp>

#include "base/error.h"

namespace finetune::text {
namespace {

std::vector<TextSpan> find(const std::string& regex, std::u32string_view text) {
  const nlohmann::json value = regex;
  std::vector<TextSpan> matches;
  read_regex(JsonNode(value))->find(text, matches);
  return matches;
}

using Spans = std::vector<TextSpan>;

}  // namespace

// Expected values: Split(Regex(...), "isolated") of tokenizers 0.22.2.
TEST_CASE("expressions match as they do in tokenizers") {
  CHECK(find(R"(\p{Lu}\p{Ll}+|\d{2})", U"aBcd123") == Spans{{1, 4}, {4, 6}});
  CHECK(find(R"($)", U"a\nb") == Spans{{1, 1}, {3, 3}});
  CHECK(find(R"(.+)", U"a\nb\rc") == Spans{{0, 1}, {2, 5}});
  CHECK(find(R"(x*)", U"axb") == Spans{{0, 0}, {1, 2}, {3, 3}});
  CHECK(find(R"((?<=a)b)", U"ab b") == Spans{{1, 2}});
  CHECK(find(R"(\w+)", U"a\u00B2b") == Spans{{0, 3}});
  CHECK(find(R"([\w-]+)", U"a\u00B2b") == Spans{{0, 1}, {2, 3}});
  CHECK(find(R"([\W]+)", U"a\u00B2b") == Spans{{1, 2}});
  CHECK(find(R"( ?[^(\s|[.,!?])]+)", U"(a b|c, d.)") == Spans{{1, 2}, {2, 4}, {5, 6}, {7, 9}});
  CHECK(find(R"([a-z&&[^b]]+)", U"abcB") == Spans{{0, 1}, {2, 3}});
  CHECK(find(R"((?i)\p{Lu}|[\p{Lu}&&[^C]])", U"aBc") == Spans{{0, 1}, {1, 2}});
  CHECK(find(R"((?i)[\p{Lu}]+)", U"\u0264\u019B\u1C8A-") == Spans{{0, 3}});
}

TEST_CASE("an expression that backtracks without end is stopped with an error") {
  const std::u32string text(40, U'x');
  CHECK_THROWS_AS(find(R"((x+x+)+[yz])", text), DataError);
}

TEST_CASE("an expression that tries the rest of the text at every place is stopped in time") {
  const std::u32string text(1'000'000, U'a');
  const auto start = std::chrono::steady_clock::now();
  CHECK_THROWS_AS(find(R"(\w+[!?])", text), DataError);
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::minutes(1));
}

TEST_CASE("matches are found however far they are apart") {
  for (const size_t gap : {255, 256, 257, 513, 1000}) {
    const std::u32string text =
        std::u32string(gap, U'-') + U"ab" + std::u32string(gap, U'-') + U"b";
    CHECK(find(R"(a?b)", text) == Spans{{gap, gap + 2}, {2 * gap + 2, 2 * gap + 3}});
    CHECK(find(R"((?<=-)b$)", text) == Spans{{2 * gap + 2, 2 * gap + 3}});
  }
}

TEST_CASE("malformed expressions and those that would differ are refused") {
  CHECK_THROWS_AS(find("(a", U"a"), CheckpointError);
  CHECK_THROWS_AS(find("[a&&", U"a"), CheckpointError);
  CHECK_THROWS_AS(find(std::string(20000, 'a'), U"a"), CheckpointError);
}

}  // namespace finetune::text
