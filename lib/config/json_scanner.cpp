#include "config/json_scanner.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <utility>

#include "base/strings.h"

namespace finetune::config {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_word_character(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '+' ||
         c == '-' || c == '.';
}

size_t skip_digits(std::string_view text, size_t index) {
  while (index < text.size() && is_digit(text[index])) ++index;
  return index;
}

/// RFC 8259: -? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?
bool is_json_number(std::string_view text) {
  size_t index = text.starts_with('-') ? 1 : 0;
  const size_t integer = index;
  index = skip_digits(text, index);
  if (index == integer || (text[integer] == '0' && index > integer + 1)) return false;
  if (index < text.size() && text[index] == '.') {
    const size_t fraction = ++index;
    index = skip_digits(text, index);
    if (index == fraction) return false;
  }
  if (index < text.size() && (text[index] == 'e' || text[index] == 'E')) {
    ++index;
    if (index < text.size() && (text[index] == '+' || text[index] == '-')) ++index;
    const size_t exponent = index;
    index = skip_digits(text, index);
    if (index == exponent) return false;
  }
  return index == text.size();
}

/// What other languages write for a word of JSON.
std::string_view meant_by(std::string_view word) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kWords = {
      {{"True", "true"},
       {"False", "false"},
       {"None", "null"},
       {"yes", "true"},
       {"no", "false"},
       {"nil", "null"}}};
  for (const auto& [written, meant] : kWords) {
    if (word == written) return meant;
  }
  return {};
}

void append_utf8(std::string& out, unsigned code_point) {
  const auto put = [&](unsigned byte) { out += static_cast<char>(byte); };
  if (code_point < 0x80) {
    put(code_point);
  } else if (code_point < 0x800) {
    put(0xc0 | code_point >> 6);
    put(0x80 | (code_point & 0x3f));
  } else if (code_point < 0x10000) {
    put(0xe0 | code_point >> 12);
    put(0x80 | (code_point >> 6 & 0x3f));
    put(0x80 | (code_point & 0x3f));
  } else {
    put(0xf0 | code_point >> 18);
    put(0x80 | (code_point >> 12 & 0x3f));
    put(0x80 | (code_point >> 6 & 0x3f));
    put(0x80 | (code_point & 0x3f));
  }
}

}  // namespace

JsonScanner::JsonScanner(std::string_view text, Position start, Problems& problems)
    : text_(text), position_(start), problems_(problems) {
  if (!text_.starts_with("\xef\xbb\xbf")) return;
  report(position_, "", "the file begins with a byte-order mark; save it as UTF-8 without one");
  index_ = 3;
}

void JsonScanner::report(Position where, std::string_view key, const std::string& message) {
  problems_.add(where, std::string(key), message);
}

void JsonScanner::stop(const std::string& key, const std::string& message) {
  report(position_, key, message);
  throw UnreadableJson{};
}

void JsonScanner::advance(size_t num_bytes) {
  for (; num_bytes > 0 && index_ < text_.size(); --num_bytes) {
    const char c = text_[index_++];
    if (c == '\n') {
      ++position_.line;
      position_.column = 1;
    } else if ((static_cast<unsigned char>(c) & 0xc0U) != 0x80) {  // not inside a character
      ++position_.column;
    }
  }
}

char JsonScanner::peek() {
  while (index_ < text_.size()) {
    const char c = text_[index_];
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
      advance();
    } else if (c == '#' || starts_with("//") || starts_with("/*")) {
      skip_comment();
    } else {
      return c;
    }
  }
  return '\0';
}

void JsonScanner::skip_comment() {
  report(position_, "", "JSON allows no comments; put remarks into \"about\"");
  const std::string_view end = starts_with("/*") ? "*/" : "\n";
  const size_t found = text_.find(end, index_ + 1);
  advance(found == std::string_view::npos ? text_.size() - index_ : found + end.size() - index_);
}

bool JsonScanner::take(char expected) {
  if (peek() != expected || index_ >= text_.size()) return false;
  advance();
  return true;
}

std::string_view JsonScanner::take_word() {
  const size_t begin = index_;
  while (index_ < text_.size() && is_word_character(text_[index_])) advance();
  return text_.substr(begin, index_ - begin);
}

std::string JsonScanner::read_string(std::string_view key) {
  const Position begin = position_;
  const char mark = text_[index_];
  if (mark == '\'') report(begin, key, "strings are written in double quotes");
  advance();
  std::string out;
  while (index_ < text_.size() && text_[index_] != mark) {
    const char c = text_[index_];
    if (c == '\n') break;
    if (c == '\\') {
      out += read_escape(key);
      continue;
    }
    if (static_cast<unsigned char>(c) < 0x20) {
      report(position_, key, "a control character inside a string; write it as \\t or \\u00XX");
    }
    out += c;
    advance();
  }
  if (index_ >= text_.size() || text_[index_] != mark) {
    report(begin, std::string(key), "this string is not closed on its line");
    throw UnreadableJson{};
  }
  advance();
  return out;
}

std::string JsonScanner::read_escape(std::string_view key) {
  constexpr std::string_view kShort = "\"\\/bfnrt";
  constexpr std::string_view kMeaning = "\"\\/\b\f\n\r\t";
  const Position begin = position_;
  advance();
  const char c = index_ < text_.size() ? text_[index_] : '\0';
  if (const size_t found = kShort.find(c); c != '\0' && found != std::string_view::npos) {
    advance();
    return std::string(1, kMeaning[found]);
  }
  if (c != 'u') {
    report(begin, key, "a backslash in a string is written twice: \\\\");
    return "\\";
  }
  unsigned code_point = read_hex4(key);
  if (code_point >= 0xd800 && code_point < 0xdc00 && starts_with("\\u")) {
    advance();
    const unsigned low = read_hex4(key);
    const bool is_pair = low >= 0xdc00 && low < 0xe000;
    code_point = is_pair ? 0x10000 + ((code_point - 0xd800) << 10) + (low - 0xdc00) : 0xd800;
  }
  if (code_point >= 0xd800 && code_point < 0xe000) {
    report(begin, key, "a lone surrogate is no character");
    code_point = 0xfffd;
  }
  std::string out;
  append_utf8(out, code_point);
  return out;
}

unsigned JsonScanner::read_hex4(std::string_view key) {
  advance();  // u
  unsigned value = 0;
  for (int i = 0; i < 4; ++i) {
    constexpr std::string_view kDigits = "0123456789abcdefABCDEF";
    const size_t digit = index_ < text_.size() ? kDigits.find(text_[index_]) : kDigits.npos;
    if (digit == kDigits.npos) stop(std::string(key), "expected four hexadecimal digits after \\u");
    value = value * 16 + static_cast<unsigned>(digit < 16 ? digit : digit - 6);
    advance();
  }
  return value;
}

JsonValue JsonScanner::read_word(std::string_view key) {
  const Position begin = position_;
  const std::string_view word = take_word();
  JsonValue value;
  if (word.empty()) stop(std::string(key), "expected a value");
  if (word == "true" || word == "false") {
    value = json_boolean(word == "true");
  } else if (word != "null") {
    value = read_number(word, begin, key);
  }
  value.position = begin;
  return value;
}

JsonValue JsonScanner::read_number(std::string_view word, Position begin, std::string_view key) {
  if (is_json_number(word)) {
    const std::optional<double> number = base::parse_double(word);
    if (number && std::isfinite(*number)) return json_number(std::string(word));
    report(begin, key,
           base::cat("the number ", base::quote(word), " is out of range (at most 1.8e308)"));
  } else if (const std::string_view meant = meant_by(word); !meant.empty()) {
    report(begin, key, base::cat("JSON writes ", meant, ", not ", word));
  } else if (is_digit(word[0]) || word.find_first_of("+-.") == 0 || word == "NaN" ||
             word == "Infinity" || word == "nan" || word == "inf") {
    report(begin, key, base::cat(base::quote(word), " is no number in JSON"));
  } else {
    report(begin, key, base::cat("strings are written in double quotes: \"", word, "\""));
  }
  JsonValue invalid;
  invalid.kind = JsonKind::kInvalid;
  return invalid;
}

}  // namespace finetune::config
