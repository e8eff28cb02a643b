#include "terminal_text.h"

#include <catch2/catch.hpp>

using finetune::apps::terminal_text;

TEST_CASE("control characters are shown, not sent to the terminal") {
  CHECK(terminal_text("\x1b[31mred\x1b[0m\x07") == "\\x1b[31mred\\x1b[0m\\x07");
  CHECK(terminal_text("back\rspace\b\x7f") == "back\\x0dspace\\x08\\x7f");
  CHECK(terminal_text("one byte for CSI: \xC2\x9B") == "one byte for CSI: \\x9b");
  CHECK(terminal_text(std::string_view("a\0b", 3)) == "a\\x00b");
}

TEST_CASE("ordinary text stays as it is") {
  const std::string text = "line\n\ttab 'quoted' \\ Größe 語 \xC2\xA0\xF0\x9F\x98\x80";
  CHECK(terminal_text(text) == text);
  CHECK(terminal_text("\xC2").size() == 1);  // a cut-off character
}
