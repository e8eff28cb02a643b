#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace finetune::base {

/// Shortest text that reads back as the same value; locale-free. NaN and infinities: "nan", "inf",
/// "-inf".
std::string to_text(double value);
std::string to_text(float value);

namespace detail {
inline std::string piece(std::string_view text) { return std::string(text); }
inline std::string piece(char c) { return std::string(1, c); }
template <std::same_as<bool> T>  // a plain bool parameter would attract every pointer
std::string piece(T value) {
  return value ? "true" : "false";
}
inline std::string piece(double value) { return to_text(value); }
inline std::string piece(float value) { return to_text(value); }
template <class T>
requires(std::is_integral_v<T> && !std::is_same_v<T, bool> && !std::is_same_v<T, char>) std::string
    piece(T value) {
  return std::to_string(value);
}
}  // namespace detail

/// The arguments written one after another.
template <class... Args>
std::string cat(const Args&... args) {
  std::string out;
  (out.append(detail::piece(args)), ...);
  return out;
}

/// `text` in single quotes with control characters, ANSI escapes and invalid UTF-8 escaped, and cut
/// after `max_bytes`: safe to print whatever a foreign file holds.
std::string quote(std::string_view text, size_t max_bytes = 120);

/// At least one part; "a,,b" has three.
std::vector<std::string> split(std::string_view text, char separator);
std::string join(std::span<const std::string> parts, std::string_view separator);
std::string_view trim(std::string_view text);

/// The whole of `text` as a finite number, or nothing. Locale-free; no surrounding space, no
/// leading
/// '+'.
std::optional<int64_t> parse_int64(std::string_view text);
std::optional<double> parse_double(std::string_view text);

/// The candidate nearest to `word` by Damerau-Levenshtein distance, if near enough to be a likely
/// typing error.
std::optional<std::string> nearest(std::string_view word, std::span<const std::string> candidates);

/// True when `text` is well-formed UTF-8 (no surrogates, no overlong forms).
bool is_valid_utf8(std::string_view text);

/// The code points of UTF-8 `text`; every byte that belongs to none becomes U+FFFD.
std::u32string decode_utf8(std::string_view text);

}  // namespace finetune::base
