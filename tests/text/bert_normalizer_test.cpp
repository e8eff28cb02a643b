#include "text/bert_normalizer.h"

#include <catch2/catch.hpp>

#include "text/utf8.h"

namespace finetune::text {
namespace {

std::string normalized(const std::string& input, const BertNormalizerOptions& options) {
  AlignedText text(input, 0);
  normalize(text, options);
  return text.utf8();
}

/// What the table says a character becomes, or nothing where only its neighbours tell.
std::optional<std::string> by_table(const CharTable& table, char32_t c) {
  const CharAction action = table.action(c);
  std::string out;
  switch (action.kind) {
    case CharKind::kInOrder:
      return std::nullopt;
    case CharKind::kDropped:
      return "";
    case CharKind::kChinese:
      append_char(out, action.to);
      return " " + out + " ";
    case CharKind::kMany:
      for (const char32_t part : table.expansion(c)) append_char(out, part);
      return out;
    case CharKind::kSpace:
    case CharKind::kWord:
    case CharKind::kPunctuation:
      break;
  }
  append_char(out, action.to);
  return out;
}

}  // namespace

TEST_CASE("text is cleaned, accents stripped, letters lowered, Chinese set apart") {
  CHECK(normalized("H\u00E9\u200Bllo\t\u4E2D", {}) == "hello  \u4E2D ");
  CHECK(normalized("H\u00E9", {true, true, std::nullopt, false}) == "H\u00E9");
  CHECK(normalized("H\u00E9", {true, true, false, true}) == "h\u00E9");
  CHECK(normalized("H\u00E9", {true, true, true, false}) == "He");
  CHECK(normalized("a\u200B\u4E2D", {false, false, false, false}) == "a\u200B\u4E2D");
}

TEST_CASE("the table agrees with step-by-step normalising on every code point and option") {
  const bool both[] = {false, true};
  for (const bool clean : both) {
    for (const bool chinese : both) {
      for (const bool strip : both) {
        const BertNormalizerOptions options{clean, chinese, strip, chinese != strip};
        const CharTable table(options);
        int num_wrong = 0, num_in_order = 0;
        for (char32_t c = 0; c < 0x110000; ++c) {
          if (c >= 0xD800 && c < 0xE000) continue;
          std::string input;
          append_char(input, c);
          const std::optional<std::string> found = by_table(table, c);
          num_in_order += !found.has_value();
          const bool is_space = clean && table.action(c).kind == CharKind::kSpace;
          num_wrong += found && !is_space && *found != normalized(input, options);
        }
        CHECK(num_wrong == 0);
        CHECK(num_in_order < 300);
      }
    }
  }
}

}  // namespace finetune::text
