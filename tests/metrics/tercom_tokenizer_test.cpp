#include "metrics/tercom_tokenizer.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "metrics/text_cases.h"

using namespace finetune::metrics;
using finetune::test::utf8_words;
using Words = std::vector<std::string>;

TEST_CASE("Tercom's normalisation equals sacreBLEU's on texts of all scripts, with every option") {
  finetune::test::check_tercom(finetune::test::text_fixture());
}

TEST_CASE("each option does its part") {
  TerOptions options;
  CHECK(utf8_words(tercom_normalize(U"Jim's Car.", options)) == Words{"jim's", "car."});
  options.case_sensitive = true;
  CHECK(utf8_words(tercom_normalize(U"Jim's Car.", options)) == Words{"Jim's", "Car."});
  options.normalized = true;
  CHECK(utf8_words(tercom_normalize(U"Jim's Car.", options)) == Words{"Jim", "'s", "Car", "."});
  options.no_punct = true;
  CHECK(utf8_words(tercom_normalize(U"你好。(a).", options)) == Words{"你好。", "a"});
  options.asian_support = true;
  CHECK(utf8_words(tercom_normalize(U"你好。(a).", options)) == Words{"你", "好", "a"});
}
