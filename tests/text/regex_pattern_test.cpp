#include "text/regex_pattern.h"

#include <catch2/catch.hpp>
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
}

TEST_CASE("an expression that backtracks without end is stopped with an error") {
  const std::u32string text(40, U'x');
  CHECK_THROWS_AS(find(R"((x+x+)+[yz])", text), DataError);
}

TEST_CASE("malformed expressions and those that would differ are refused") {
  CHECK_THROWS_AS(find("(a", U"a"), CheckpointError);
  CHECK_THROWS_AS(find("[a&&b]", U"a"), CheckpointError);
  CHECK_THROWS_AS(find(std::string(20000, 'a'), U"a"), CheckpointError);
}

}  // namespace finetune::text
