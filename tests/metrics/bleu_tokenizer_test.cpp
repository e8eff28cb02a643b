#include "metrics/bleu_tokenizer.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "metrics/text_cases.h"

using namespace finetune::metrics;
using finetune::test::utf8_words;
using Words = std::vector<std::string>;

TEST_CASE("BLEU's tokenizers equal sacreBLEU's on texts of all scripts") {
  finetune::test::check_bleu_tokenizers(finetune::test::text_fixture());
}

TEST_CASE("what each tokenizer does with one line") {
  const std::u32string line = U"Es kostet 1.000 €, „oder“ 5-mal: 你好!";
  CHECK(utf8_words(bleu_tokenize(BleuTokenizer::k13a, line)) ==
        Words{"Es", "kostet", "1.000", "€", ",", "„oder“", "5", "-", "mal", ":", "你好", "!"});
  CHECK(utf8_words(bleu_tokenize(BleuTokenizer::kIntl, line)) ==
        Words{"Es", "kostet", "1.000", "€", ",", "„", "oder", "“", "5", "-", "mal", ":", "你好",
              "!"});
  CHECK(utf8_words(bleu_tokenize(BleuTokenizer::kZh, U"第5章:你好 a.b")) ==
        Words{"第", "5", "章", ":", "你", "好", "a", ".", "b"});
  CHECK(utf8_words(bleu_tokenize(BleuTokenizer::kChar, U"ab c")) == Words{"a", "b", "c"});
  CHECK(utf8_words(bleu_tokenize(BleuTokenizer::kNone, U"a, b.")) == Words{"a,", "b."});
}

TEST_CASE("tokenizers have the names that signatures print") {
  for (const std::string& name : bleu_tokenizer_names()) {
    CHECK(bleu_tokenizer_name(bleu_tokenizer(name)) == name);
  }
  CHECK_THROWS_AS(bleu_tokenizer("ja-mecab"), finetune::ConfigError);
}
