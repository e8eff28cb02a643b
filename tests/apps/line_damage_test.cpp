#include "line_damage.h"

#include <catch2/catch.hpp>

using finetune::apps::LineDamage;
using Strings = std::vector<std::string>;

TEST_CASE("whole text is no damage") {
  LineDamage damage;
  damage.add("Größe\t\x01\xEF\xBF\xBD", 1);
  damage.add("", 2);
  CHECK(damage.warnings().empty());
}

TEST_CASE("damaged lines are counted by kind, with the first of each") {
  LineDamage damage;
  damage.add("\xFF and \xFE", 3);
  damage.add("plain", 4);
  damage.add({"a\0\xFF", 3}, 5);
  CHECK(damage.warnings() ==
        Strings{"standard input: 2 lines held bytes that are not UTF-8, read as U+FFFD; first: "
                "line 3",
                "standard input: 1 line held NUL bytes, which text has none of; first: line 5"});
}

TEST_CASE("counts of several parts make one") {
  LineDamage whole;
  LineDamage second;
  LineDamage third;
  second.add("\xFF", 70);
  third.add("\xFF", 130);
  third.add("\xFF", 131);
  whole.append(LineDamage{});
  whole.append(second);
  whole.append(third);
  REQUIRE(whole.warnings().size() == 1);
  CHECK(whole.warnings()[0].find("3 lines") != std::string::npos);
  CHECK(whole.warnings()[0].find("first: line 70") != std::string::npos);
}
