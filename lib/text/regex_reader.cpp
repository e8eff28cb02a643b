#include "text/regex_reader.h"

#include "base/strings.h"
#include "text/utf8.h"

namespace finetune::text {
namespace {

bool is_digit(char32_t c) { return c >= U'0' && c <= U'9'; }
bool is_ascii_letter(char32_t c) { return (c | 32) >= U'a' && (c | 32) <= U'z'; }

int hex_value(char32_t c) {
  if (is_digit(c)) return static_cast<int>(c - U'0');
  const char32_t lower = c | 32;
  return lower >= U'a' && lower <= U'f' ? static_cast<int>(lower - U'a') + 10 : -1;
}

}  // namespace

char32_t RegexReader::take() {
  if (at_end()) throw RegexRefusal{"it ends too early"};
  return regex_[next_++];
}

bool RegexReader::accept(std::u32string_view text) {
  if (!regex_.substr(next_).starts_with(text)) return false;
  next_ += text.size();
  return true;
}

std::optional<CodePointSet> RegexReader::set_escape(char32_t letter) {
  std::optional<CodePointSet> set;
  bool is_opposite = letter >= U'A' && letter <= U'Z';
  switch (letter | 32) {
    case U's':
      set = regex_space_set();
      break;
    case U'w':
      set = regex_word_set();
      break;
    case U'd':
      set = property_set("Nd");
      break;
    case U'h':
      set = property_set("XDigit");
      break;
    case U'p':
      if (!accept(U"{")) return std::nullopt;  // the letter itself
      set = property(is_opposite);
      break;
    default:
      return std::nullopt;
  }
  return is_opposite ? complement(*set) : *set;
}

CodePointSet RegexReader::property(bool& is_opposite) {
  if (accept(U"^")) is_opposite = !is_opposite;
  std::string name;
  for (char32_t c = take(); c != U'}'; c = take()) append_char(name, c);
  std::optional<CodePointSet> set = property_set(name);
  if (!set) throw RegexRefusal{base::cat("the property ", base::quote(name))};
  return *std::move(set);
}

std::optional<char32_t> RegexReader::char_escape(char32_t letter) {
  static constexpr std::u32string_view kLetters = U"tnrfae", kMeanings = U"\t\n\r\f\a\x1B";
  const size_t known = kLetters.find(letter);
  if (known != std::u32string_view::npos) return kMeanings[known];
  if (letter == U'v') return U'\v';
  if (letter == U'x') return accept(U"{") ? hex(8, U'}') : hex(2, U'\0');
  if (letter == U'u') return hex(4, U'\0');
  if (letter == U'p' || letter == U'P') return letter;  // without a brace
  if (!is_ascii_letter(letter) && !is_digit(letter)) return letter;
  return std::nullopt;
}

char32_t RegexReader::hex(size_t most, char32_t end) {
  char32_t value = 0;
  size_t count = 0;
  for (; count < most && hex_value(peek()) >= 0; ++count) {
    value = value * 16 + static_cast<char32_t>(hex_value(take()));
  }
  const bool is_closed = end == U'\0' ? (count == most) : take() == end;
  if (count == 0 || !is_closed || value > 0x10FFFF) {
    throw RegexRefusal{"a malformed character code"};
  }
  return value;
}

}  // namespace finetune::text
