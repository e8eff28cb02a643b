#include "base/strings.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>

namespace finetune::base {
namespace {

template <class Number>
std::string shortest(Number value) {
  if (std::isnan(value)) return "nan";  // to_chars would print the sign of a NaN
  std::array<char, 64> buffer;
  const auto result = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  return {buffer.data(), result.ptr};
}

template <class Number>
std::optional<Number> parse_whole(std::string_view text) {
  Number value{};
  const char* end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, value);
  if (result.ec != std::errc{} || result.ptr != end) return std::nullopt;
  return value;
}

struct CodePoint {
  uint32_t value = 0;
  size_t num_bytes = 0;  ///< 0: not well-formed
};

/// The code point that starts `text` (Unicode 15, table 3-7).
CodePoint decode_first(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  const uint32_t lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  if (lead < 0xC2 || lead > 0xF4) return {};
  const size_t num_bytes = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  if (text.size() < num_bytes) return {};
  uint32_t value = lead & (0x7Fu >> num_bytes);
  for (size_t i = 1; i < num_bytes; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return {};
    value = value << 6 | (byte(i) & 0x3Fu);
  }
  constexpr std::array<uint32_t, 5> kSmallest = {0, 0, 0x80, 0x800, 0x10000};
  const bool is_surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (value < kSmallest[num_bytes] || value > 0x10FFFF || is_surrogate) return {};
  return {value, num_bytes};
}

/// Control characters, line separators and bidirectional overrides: they act on a terminal.
bool is_unprintable(uint32_t c) {
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x200E || c == 0x200F ||
         (c >= 0x2028 && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0xFEFF;
}

std::string hex_digits(uint32_t value, size_t width) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string digits(width, '0');
  for (size_t i = width; i-- > 0; value >>= 4) digits[i] = kDigits[value & 15];
  return digits;
}

void append_escaped(std::string& out, std::string_view bytes, uint32_t code_point) {
  switch (code_point) {
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    case '\\':
    case '\'':
      out += '\\';
      break;
    default:
      if (!is_unprintable(code_point)) break;
      out +=
          code_point < 0x80 ? "\\x" + hex_digits(code_point, 2) : "\\u" + hex_digits(code_point, 4);
      return;
  }
  out += bytes;
}

/// Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours.
size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<size_t> before_previous(b.size() + 1), previous(b.size() + 1), row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    before_previous.swap(previous);
    previous.swap(row);
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t substituted = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({previous[j] + 1, row[j - 1] + 1, substituted});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before_previous[j - 2] + 1);
      }
    }
  }
  return row[b.size()];
}

}  // namespace

std::string to_text(double value) { return shortest(value); }
std::string to_text(float value) { return shortest(value); }

std::string quote(std::string_view text, size_t max_bytes) {
  std::string out = "'";
  size_t i = 0;
  while (i < text.size()) {
    const CodePoint c = decode_first(text.substr(i));
    const size_t num_bytes = std::max<size_t>(c.num_bytes, 1);
    if (i + num_bytes > max_bytes) break;
    if (c.num_bytes == 0) {
      out += "\\x" + hex_digits(static_cast<uint8_t>(text[i]), 2);
    } else {
      append_escaped(out, text.substr(i, num_bytes), c.value);
    }
    i += num_bytes;
  }
  out += '\'';
  if (i < text.size()) out += "...";
  return out;
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  size_t begin = 0;
  for (size_t end = text.find(separator); end != std::string_view::npos;
       end = text.find(separator, begin)) {
    parts.emplace_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  parts.emplace_back(text.substr(begin));
  return parts;
}

std::string join(std::span<const std::string> parts, std::string_view separator) {
  std::string out;
  for (size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) out += separator;
    out += parts[i];
  }
  return out;
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n\v\f";
  const size_t begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) + 1 - begin);
}

std::optional<int64_t> parse_int64(std::string_view text) { return parse_whole<int64_t>(text); }

std::optional<double> parse_double(std::string_view text) {
  const std::optional<double> value = parse_whole<double>(text);
  if (!value || !std::isfinite(*value)) return std::nullopt;
  return value;
}

std::optional<std::string> nearest(std::string_view word, std::span<const std::string> candidates) {
  constexpr size_t kLongestWord = 200;  // the distance costs the product of the lengths
  std::optional<std::string> best;
  size_t best_distance = 0;
  for (const std::string& candidate : candidates) {
    const size_t length = std::max(word.size(), candidate.size());
    if (length > kLongestWord) continue;
    const size_t distance = edit_distance(word, candidate);
    if (distance * 3 > length || (best && distance >= best_distance)) continue;
    best = candidate;
    best_distance = distance;
  }
  return best;
}

bool is_valid_utf8(std::string_view text) {
  while (!text.empty()) {
    uint64_t next_bytes = 0;
    if (text.size() >= sizeof(next_bytes)) {
      std::memcpy(&next_bytes, text.data(), sizeof(next_bytes));
      if ((next_bytes & 0x8080808080808080u) == 0) {  // ASCII
        text.remove_prefix(sizeof(next_bytes));
        continue;
      }
    }
    const CodePoint c = decode_first(text);
    if (c.num_bytes == 0) return false;
    text.remove_prefix(c.num_bytes);
  }
  return true;
}

std::u32string decode_utf8(std::string_view text) {
  std::u32string code_points;
  code_points.reserve(text.size());
  while (!text.empty()) {
    const CodePoint c = decode_first(text);
    code_points.push_back(c.num_bytes == 0 ? U'\uFFFD' : static_cast<char32_t>(c.value));
    text.remove_prefix(std::max<size_t>(c.num_bytes, 1));
  }
  return code_points;
}

}  // namespace finetune::base
