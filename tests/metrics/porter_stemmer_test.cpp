#include "metrics/porter_stemmer.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "metrics/text_cases.h"

using finetune::metrics::porter_stem;

TEST_CASE("stems equal NLTK's, for English and for made-up words with every ending") {
  finetune::test::check_stems(finetune::test::text_fixture());
}

TEST_CASE("the examples of Porter's paper") {
  CHECK(porter_stem("caresses") == "caress");
  CHECK(porter_stem("hopping") == "hop");
  CHECK(porter_stem("filing") == "file");
  CHECK(porter_stem("vietnamization") == "vietnam");
  CHECK(porter_stem("controll") == "control");
}

TEST_CASE("short words and numbers stay") {
  for (const char* word : {"", "a", "is", "1990", "yy"}) CHECK(porter_stem(word) == word);
}
