#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace finetune::text {

/// Thrown by JsonScanner where the text is not plainly what was asked for; never leaves the readers
/// that use it.
struct NotPlainJson {};

/// Walks JSON text, checking no more than it needs: for tables too large for a general parser.
class JsonScanner {
 public:
  explicit JsonScanner(std::string_view text) : text_(text) {}

  size_t position() const { return position_; }
  /// The next character that is not white space.
  char peek() {
    while (position_ < text_.size() && is_white(text_[position_])) ++position_;
    if (position_ == text_.size()) throw NotPlainJson();
    return text_[position_];
  }
  bool accept(char wanted) {
    if (peek() != wanted) return false;
    ++position_;
    return true;
  }
  void expect(char wanted) {
    if (!accept(wanted)) throw NotPlainJson();
  }
  void expect_end();

  std::string_view raw_string();  ///< between two quotes, escapes not resolved
  std::string string();
  int32_t integer(int32_t largest);
  /// A number as serde_json reads it: the digits as an integer of 64 bits (what does not fit is
  /// ignored), converted to double and divided by, or multiplied with, a power of ten.
  double number();
  void skip_value();

 private:
  struct Decimal {
    uint64_t significand = 0;
    int exponent = 0;
    bool fits = true;
  };
  static bool is_white(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }
  enum class DigitPlace { kWhole, kFraction };
  void take_digits(Decimal& number, DigitPlace place);
  int take_exponent();
  void skip_literal();
  int digit();  ///< of a number; -1 where there is none

  std::string_view text_;
  size_t position_ = 0;
};

}  // namespace finetune::text
