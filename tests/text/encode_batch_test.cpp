#include "text/encode_batch.h"

#include <catch2/catch.hpp>

#include "base/error.h"
#include "base/strings.h"
#include "folder_fixtures.h"

namespace finetune::text {

TEST_CASE("a batch on several threads gives what one text after the other gives, in order") {
  const auto tokenizer = load_tokenizer(fixture_folder("json-cased"));
  std::vector<std::string> texts;
  for (int i = 0; i < 1000; ++i) texts.push_back(base::cat("hello world ", i, " hello"));
  const std::vector<std::string_view> views(texts.begin(), texts.end());
  std::vector<TextPair> pairs;
  for (size_t i = 0; i < views.size(); ++i)
    pairs.emplace_back(views[i], views[views.size() - 1 - i]);
  const auto singles = encode_batch(*tokenizer, views, {}, 4);
  const auto doubles = encode_pair_batch(*tokenizer, pairs, {}, 4);
  REQUIRE(singles.size() == views.size());
  REQUIRE(doubles.size() == views.size());
  Encoding expected;
  for (size_t i = 0; i < views.size(); ++i) {
    tokenizer->encode(views[i], {}, expected);
    CHECK(singles[i].ids == expected.ids);
    tokenizer->encode_pair(pairs[i].first, pairs[i].second, {}, expected);
    CHECK(doubles[i].ids == expected.ids);
  }
  EncodeOptions too_short;
  too_short.max_length = 1;
  CHECK_THROWS_AS(encode_batch(*tokenizer, views, too_short, 4), ConfigError);
}

}  // namespace finetune::text
