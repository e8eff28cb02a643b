#include "base/strings.h"

#include <catch2/catch.hpp>
#include <clocale>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <nlohmann/json.hpp>

#include "base/json.h"
#include "support/test_support.h"

using namespace finetune;
using base::nearest;
using base::parse_double;
using base::parse_int64;
using base::quote;
using base::to_text;

TEST_CASE("numbers become the shortest text that reads back as the same value") {
  CHECK(to_text(0.1) == "0.1");
  CHECK(to_text(0.1f) == "0.1");
  CHECK(to_text(1.0) == "1");
  CHECK(to_text(-0.0) == "-0");
  CHECK(to_text(3e-5) == "3e-05");
  CHECK(to_text(std::nan("")) == "nan");
  CHECK(to_text(-std::nanf("")) == "nan");
  CHECK(to_text(std::numeric_limits<double>::infinity()) == "inf");
  CHECK(to_text(-std::numeric_limits<float>::infinity()) == "-inf");
  for (const double value : {1.0 / 3, 5e-324, 1.7976931348623157e308, 123456789.123}) {
    CHECK(parse_double(to_text(value)) == value);
  }
}

TEST_CASE("cat joins text, numbers and truth values") {
  const char* pointer = "pointer";
  CHECK(base::cat("a", 'b', 1, uint64_t{2}, int8_t{-3}, 0.5, 0.25f, true, false, pointer,
                  std::string("s"), std::string_view("v")) == "ab12-30.50.25truefalsepointersv");
  CHECK(base::cat().empty());
}

TEST_CASE("quoted text is safe to print") {
  CHECK(quote("plain é 😀") == "'plain é 😀'");
  CHECK(quote("it's a \\") == "'it\\'s a \\\\'");
  CHECK(quote("\n\r\t") == "'\\n\\r\\t'");
  CHECK(quote("\x1b[31m\x07\x7f") == "'\\x1b[31m\\x07\\x7f'");
  CHECK(quote(std::string("a\0b", 3)) == "'a\\x00b'");
  CHECK(quote("\xff\xc0\xaf\xed\xa0\x80") == "'\\xff\\xc0\\xaf\\xed\\xa0\\x80'");
  CHECK(quote("\u009b31m\u202e\u2028") == "'\\u009b31m\\u202e\\u2028'");
  CHECK(quote("") == "''");
}

TEST_CASE("quoted text is cut between characters") {
  CHECK(quote("abcdef", 3) == "'abc'...");
  CHECK(quote("abc", 3) == "'abc'");
  CHECK(quote("aé", 2) == "'a'...");
  CHECK(quote("x", 0) == "''...");
}

TEST_CASE("split and join are inverse") {
  for (const std::string text : {"", "a", "a,b", ",", ",a,,b,"}) {
    CHECK(base::join(base::split(text, ','), ",") == text);
  }
  CHECK(base::split("", ',').size() == 1);
  CHECK(base::split("a,,b", ',') == std::vector<std::string>{"a", "", "b"});
}

TEST_CASE("trim takes ASCII white space from both ends") {
  CHECK(base::trim(" \t\r\n\v\fa b\n") == "a b");
  CHECK(base::trim(" \n").empty());
  CHECK(base::trim("").empty());
  CHECK(base::trim("\u00a0a") == "\u00a0a");
}

TEST_CASE("only the whole of a text is an integer") {
  CHECK(parse_int64("0") == 0);
  CHECK(parse_int64("-9223372036854775808") == std::numeric_limits<int64_t>::min());
  CHECK(parse_int64("9223372036854775807") == std::numeric_limits<int64_t>::max());
  for (const char* text : {"", "-", "+1", " 1", "1 ", "1.0", "1e3", "0x10", "1,000",
                           "9223372036854775808", "-9223372036854775809", "\xd9\xa1"}) {
    INFO(text);
    CHECK_FALSE(parse_int64(text));
  }
}

TEST_CASE("only the whole of a text is a finite number") {
  CHECK(parse_double("0.1") == 0.1);
  CHECK(parse_double("-3e-5") == -3e-5);
  CHECK(parse_double("1") == 1.0);
  CHECK(parse_double(".5") == 0.5);
  for (const char* text : {"", "-", "+1", " 1", "1 ", "0,5", "1e", "0x1p3", "nan", "inf",
                           "-infinity", "1e400", "-1e400", "1_000"}) {
    INFO(text);
    CHECK_FALSE(parse_double(text));
  }
}

TEST_CASE("a likely typing error finds the right word") {
  const std::vector<std::string> keys = {"learning_rate", "warmup", "weight_decay", "gpt2"};
  CHECK(nearest("learnign_rate", keys) == "learning_rate");
  CHECK(nearest("warm_up", keys) == "warmup");
  CHECK(nearest("weigth_decay", keys) == "weight_decay");
  CHECK(nearest("gtp2", keys) == "gpt2");
  CHECK_FALSE(nearest("seed", keys));
  CHECK_FALSE(nearest("", keys));
  CHECK_FALSE(nearest("x", std::vector<std::string>{}));
  CHECK(nearest("ab", std::vector<std::string>{"xabx", "xab", "abx"}) == "xab");  // first of equals
  const std::string huge(10'000'000, 'a');
  CHECK_FALSE(nearest(huge, std::vector<std::string>{huge}));
}

TEST_CASE("only well-formed UTF-8 is valid") {
  for (const char* text :
       {"", "a", "\u00e9", "\ud7ff", "\ue000", "\uffff", "\U00010000", "\U0010ffff"}) {
    CHECK(base::is_valid_utf8(text));
    for (size_t i = 0; i < 10; ++i) {
      CHECK(base::is_valid_utf8(std::string(i, 'a') + text + "0123456789"));
    }
  }
  for (const char* text :
       {"\x80", "\xc3", "\xc0\x80", "\xc1\xbf", "\xe0\x80\x80", "\xe0\x9f\xbf", "\xed\xa0\x80",
        "\xed\xbf\xbf", "\xf0\x80\x80\x80", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80",
        "\xf5\x80\x80\x80", "\xff", "\xe2\x82", "a\xe2\x82z", "\xc3\x28"}) {
    INFO(quote(text));
    CHECK_FALSE(base::is_valid_utf8(text));
    for (size_t i = 0; i < 10; ++i) {
      CHECK_FALSE(base::is_valid_utf8(std::string(i, 'a') + text + "0123456789"));
    }
  }
}

TEST_CASE("UTF-8 is decoded, and every byte that is none becomes a replacement character") {
  CHECK(base::decode_utf8("aé中😀") == U"aé中😀");
  CHECK(base::decode_utf8("").empty());
  CHECK(base::decode_utf8("a\xff\xc3z") == U"a\uFFFD\uFFFDz");
  CHECK(base::decode_utf8("\xed\xa0\x80") == U"\uFFFD\uFFFD\uFFFD");
}

TEST_CASE("the locale of the process changes no number") {
  const test::TemporaryFolder folder;  // the locale is compiled here where the system has none
  const std::string place = test::shell_quote((folder.path() / "de_DE.UTF-8").string());
  test::run_shell("localedef -i de_DE -f UTF-8 " + place);
  test::run_shell("localedef -i tr_TR -f UTF-8 " +
                  test::shell_quote((folder.path() / "tr_TR.UTF-8").string()));
  setenv("LOCPATH", folder.path().c_str(), 1);
  for (const char* locale : {"de_DE.UTF-8", "tr_TR.UTF-8"}) {
    if (std::setlocale(LC_ALL, locale) == nullptr) {
      WARN("SKIPPED: no locale " << locale << " and no localedef to make it");
      continue;
    }
    CHECK(std::string(std::localeconv()->decimal_point) == ",");
    CHECK(to_text(1234.5) == "1234.5");
    CHECK(parse_double("1234.5") == 1234.5);
    CHECK_FALSE(parse_double("1234,5"));
    CHECK(base::cat(1234567, " ", 0.5f) == "1234567 0.5");
    CHECK(base::parse_json("[1234.5, 1e-3]", "text") == nlohmann::json::array({1234.5, 1e-3}));
    CHECK(base::dump_json(nlohmann::json::array({1234.5, 1234567})) == "[1234.5,1234567]");
  }
  std::setlocale(LC_ALL, "C");
  unsetenv("LOCPATH");
}
