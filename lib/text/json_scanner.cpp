#include "text/json_scanner.h"

#include <array>
#include <charconv>
#include <cmath>

#include "text/utf8.h"

namespace finetune::text {
namespace {

constexpr int kLargestExponent = 100'000;

char32_t hex_unit(std::string_view text, size_t at) {
  if (at + 4 > text.size()) throw NotPlainJson();
  uint32_t unit = 0;
  const auto [stop, error] = std::from_chars(text.data() + at, text.data() + at + 4, unit, 16);
  if (error != std::errc() || stop != text.data() + at + 4) throw NotPlainJson();
  return unit;
}

/// Appends the character of the escape \uXXXX (or pair of them) whose digits start at `at`; returns
/// where the text goes on.
size_t unescape_unicode(std::string_view raw, size_t at, std::string& out) {
  char32_t c = hex_unit(raw, at);
  at += 4;
  if (c >= 0xD800 && c < 0xDC00 && raw.substr(at).starts_with("\\u")) {
    const char32_t low = hex_unit(raw, at + 2);
    if (low < 0xDC00 || low > 0xDFFF) throw NotPlainJson();
    c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
    at += 6;
  }
  if (c >= 0xD800 && c < 0xE000) throw NotPlainJson();
  append_char(out, c);
  return at;
}

std::string unescape(std::string_view raw) {
  static constexpr std::string_view kLetters = "\"\\/bfnrt";
  static constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
  std::string out;
  for (size_t i = 0; i < raw.size();) {
    if (raw[i] != '\\') {
      out += raw[i++];
      continue;
    }
    const char letter = raw[i + 1];  // raw_string() never ends in a lone backslash
    i += 2;
    const size_t known = kLetters.find(letter);
    if (letter == 'u') {
      i = unescape_unicode(raw, i, out);
    } else if (known != std::string_view::npos) {
      out += kMeanings[known];
    } else {
      throw NotPlainJson();
    }
  }
  return out;
}

/// significand * 10^exponent, rounded as serde_json rounds it.
double scale(uint64_t significand, int exponent) {
  static const std::array<double, 309> powers_of_ten = [] {
    std::array<double, 309> powers{};
    for (int i = 0; i < 309; ++i) {
      const std::string text = "1e" + std::to_string(i);
      std::from_chars(text.data(), text.data() + text.size(), powers[static_cast<size_t>(i)]);
    }
    return powers;
  }();
  auto value = static_cast<double>(significand);
  for (; exponent < -308 && value != 0.0; exponent += 308) value /= 1e308;
  if (value == 0.0) return value;
  const auto power = static_cast<size_t>(std::abs(exponent));
  if (exponent > 308) throw NotPlainJson();
  value = exponent >= 0 ? value * powers_of_ten[power] : value / powers_of_ten[power];
  if (std::isinf(value)) throw NotPlainJson();
  return value;
}

}  // namespace

void JsonScanner::expect_end() {
  while (position_ < text_.size() && is_white(text_[position_])) ++position_;
  if (position_ != text_.size()) throw NotPlainJson();
}

std::string_view JsonScanner::raw_string() {
  expect('"');
  const size_t begin = position_;
  for (; position_ < text_.size(); ++position_) {
    const char c = text_[position_];
    if (c == '"') return text_.substr(begin, position_++ - begin);
    if (c == '\\') ++position_;
    if (static_cast<unsigned char>(c) < 0x20) break;
  }
  throw NotPlainJson();
}

std::string JsonScanner::string() {
  const std::string_view raw = raw_string();
  return raw.find('\\') == std::string_view::npos ? std::string(raw) : unescape(raw);
}

int32_t JsonScanner::integer(int32_t largest) {
  peek();
  const char* end = text_.data() + text_.size();
  const char* begin = text_.data() + position_;
  int32_t value = -1;
  const auto [stop, error] = std::from_chars(begin, end, value);
  const bool has_leading_zero = *begin == '0' && stop - begin > 1;
  if (error != std::errc() || value < 0 || value > largest || has_leading_zero) {
    throw NotPlainJson();
  }
  position_ += static_cast<size_t>(stop - begin);
  return value;
}

int JsonScanner::digit() {
  if (position_ == text_.size()) return -1;
  const char c = text_[position_];
  if (c < '0' || c > '9') return -1;
  ++position_;
  return c - '0';
}

/// The digits that come next, at least one: into `number` as long as they fit. Each adds to the
/// exponent what its place asks for.
void JsonScanner::take_digits(Decimal& number, DigitPlace place) {
  const size_t first = position_;
  for (int next = digit(); next >= 0; next = digit()) {
    const auto value = static_cast<uint64_t>(next);
    number.fits = number.fits && number.significand <= (UINT64_MAX - value) / 10;
    if (number.fits) number.significand = number.significand * 10 + value;
    if (place == DigitPlace::kWhole && !number.fits) ++number.exponent;
    if (place == DigitPlace::kFraction && number.fits) --number.exponent;
  }
  if (position_ == first) throw NotPlainJson();
}

int JsonScanner::take_exponent() {
  const bool has_sign =
      position_ < text_.size() && (text_[position_] == '-' || text_[position_] == '+');
  const bool is_negative = has_sign && text_[position_] == '-';
  if (has_sign) ++position_;
  const size_t first = position_;
  int power = 0;
  for (int next = digit(); next >= 0; next = digit()) {
    power = power * 10 + next;
    if (power > kLargestExponent) throw NotPlainJson();
  }
  if (position_ == first) throw NotPlainJson();
  return is_negative ? -power : power;
}

double JsonScanner::number() {
  const bool is_negative = accept('-');
  const size_t begin = position_;
  Decimal number;
  take_digits(number, DigitPlace::kWhole);
  if (text_[begin] == '0' && position_ - begin > 1) throw NotPlainJson();
  if (position_ < text_.size() && text_[position_] == '.') {
    ++position_;
    take_digits(number, DigitPlace::kFraction);
  }
  if (position_ < text_.size() && (text_[position_] == 'e' || text_[position_] == 'E')) {
    ++position_;
    number.exponent += take_exponent();
  }
  const double value = scale(number.significand, number.exponent);
  return is_negative ? -value : value;
}

void JsonScanner::skip_value() {
  int depth = 0;
  do {
    const char c = peek();
    if (c == '"') {
      raw_string();
      continue;
    }
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']') --depth;
    ++position_;
    if (depth == 0 && c != '}' && c != ']') skip_literal();
  } while (depth > 0);
}

void JsonScanner::skip_literal() {
  while (position_ < text_.size() && text_[position_] != ',' && text_[position_] != '}') {
    ++position_;
  }
}

}  // namespace finetune::text
