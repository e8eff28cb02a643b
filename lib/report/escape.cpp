#include "report/escape.h"

#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>

#include "base/json.h"
#include "base/strings.h"

namespace finetune::report {
namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";  // U+FFFD

/// The first character of `text`, which is not empty; nothing where its bytes are not UTF-8.
std::string_view first_character(std::string_view text) {
  const auto lead = static_cast<uint8_t>(text[0]);
  const size_t length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  if (!base::is_valid_utf8(text.substr(0, length))) return {};  // cut short: invalid too
  return text.substr(0, length);
}

/// C1 controls, and marks that embed, override or isolate a writing direction.
bool is_hidden_control(std::string_view character) {
  return (character >= "\xc2\x80" && character <= "\xc2\x9f") ||          // C1
         (character >= "\xe2\x80\xaa" && character <= "\xe2\x80\xae") ||  // U+202A .. U+202E
         (character >= "\xe2\x81\xa6" && character <= "\xe2\x81\xa9") ||  // U+2066 .. U+2069
         character == "\xef\xbf\xbe" || character == "\xef\xbf\xbf";      // not characters in XML
}

/// The symbol for a C0 control character, U+2400 + c; U+2421 for delete.
std::string control_symbol(char control) {
  const int offset = control == 0x7f ? 0x21 : control;
  return std::string("\xe2\x90") + static_cast<char>(0x80 + offset);
}

/// Calls emit(character) for every character of `text`, made harmless to look at.
template <class Emit>
void visit_harmless(std::string_view text, Emit emit) {
  while (!text.empty()) {
    const std::string_view character = first_character(text);
    text.remove_prefix(std::max<size_t>(1, character.size()));
    if (character.empty() || is_hidden_control(character)) {
      emit(kReplacement);
    } else if (static_cast<uint8_t>(character[0]) < 0x20 || character[0] == 0x7f) {
      emit(control_symbol(character[0]));
    } else {
      emit(character);
    }
  }
}

}  // namespace

std::string escape_html(std::string_view text) {
  std::string out;
  visit_harmless(text, [&](std::string_view character) {
    if (character == "&") {
      out += "&amp;";
    } else if (character == "<") {
      out += "&lt;";
    } else if (character == ">") {
      out += "&gt;";
    } else if (character == "\"") {
      out += "&quot;";
    } else if (character == "'") {
      out += "&#39;";
    } else {
      out += character;
    }
  });
  return out;
}

std::string quote_yaml(std::string_view text) {
  std::string clean;
  visit_harmless(text, [&](std::string_view character) { clean += character; });
  return base::dump_json(nlohmann::json(clean));
}

std::string escape_markdown(std::string_view text) {
  constexpr std::string_view kMarkup = "\\`*_{}[]()#!|~<>&$=";
  std::string out;
  visit_harmless(text, [&](std::string_view character) {
    if (character.size() == 1 && kMarkup.find(character[0]) != std::string_view::npos) out += '\\';
    out += character;
  });
  return out;
}

}  // namespace finetune::report
