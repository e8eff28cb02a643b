#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "config/json_value.h"
#include "config/problems.h"

namespace finetune::config {

/// Thrown where the rest of the text cannot be understood; the reason has been reported.
struct UnreadableJson {};

/// Reads the words of JSON (strings, numbers, names) and keeps line and column. What people write
/// although JSON forbids it (comments, single quotes, NaN) is reported and read as meant.
class JsonScanner {
 public:
  JsonScanner(std::string_view text, Position start, Problems& problems);

  Position position() const { return position_; }
  bool at_end() const { return index_ >= text_.size(); }

  /// Skips white space and comments; the next character, or 0 at the end.
  char peek();

  /// Takes the next character when it is `expected`.
  bool take(char expected);

  std::string read_string(std::string_view key);

  /// A number, true, false or null; kInvalid after reporting anything else.
  JsonValue read_word(std::string_view key);

  /// Letters, digits, '_', '-', '+', '.': an unquoted word; maybe empty.
  std::string_view take_word();

  [[noreturn]] void stop(const std::string& key, const std::string& message);
  void report(Position where, std::string_view key, const std::string& message);

 private:
  void advance(size_t num_bytes = 1);
  bool starts_with(std::string_view word) const { return text_.substr(index_).starts_with(word); }
  void skip_comment();
  std::string read_escape(std::string_view key);
  unsigned read_hex4(std::string_view key);
  JsonValue read_number(std::string_view word, Position begin, std::string_view key);

  std::string_view text_;
  size_t index_ = 0;
  Position position_;
  Problems& problems_;
};

}  // namespace finetune::config
