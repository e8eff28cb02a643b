#include "data/label_map.h"

#include "base/error.h"
#include "data_files.h"

using namespace finetune;
using data::LabelMap;

TEST_CASE("Learned labels are sorted: integers by number, others by bytes") {
  CHECK(LabelMap::sorted({"10", "9", "-1", "0"}).names() == test::Strings{"-1", "0", "9", "10"});
  CHECK(LabelMap::sorted({"positive", "negative", "Neutral"}).names() ==
        test::Strings{"Neutral", "negative", "positive"});
  CHECK(LabelMap::sorted({"10", "9", "x"}).names() == test::Strings{"10", "9", "x"});
}

TEST_CASE("A given map keeps its order") {
  const LabelMap map({"entailment", "neutral", "contradiction"});
  CHECK(map.size() == 3);
  CHECK(map.id_of("contradiction") == 2);
  CHECK(map.id_of("entailment") == 0);
  CHECK_FALSE(map.id_of("Entailment"));
}

TEST_CASE("A repeated or empty name is an error") {
  CHECK_THROWS_AS(LabelMap({"a", "b", "a"}), ConfigError);
  CHECK_THROWS_AS(LabelMap({"a", ""}), ConfigError);
}
