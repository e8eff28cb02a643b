#include "text/json_vocabulary.h"

#include <charconv>

#include "base/strings.h"
#include "text/utf8.h"

namespace finetune::text {
namespace {

/// Thrown and caught in this file only: the text is for the general parser.
struct NotPlain {};

/// Walks JSON text, checking no more than it needs.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  size_t position() const { return position_; }

  char peek() {
    while (position_ < text_.size() && is_white(text_[position_])) ++position_;
    if (position_ == text_.size()) throw NotPlain();
    return text_[position_];
  }
  bool accept(char wanted) {
    if (peek() != wanted) return false;
    ++position_;
    return true;
  }
  void expect(char wanted) {
    if (!accept(wanted)) throw NotPlain();
  }

  /// The characters between two quotes, escapes not resolved.
  std::string_view raw_string() {
    expect('"');
    const size_t begin = position_;
    for (; position_ < text_.size(); ++position_) {
      const char c = text_[position_];
      if (c == '"') return text_.substr(begin, position_++ - begin);
      if (c == '\\') ++position_;
      if (static_cast<unsigned char>(c) < 0x20) break;
    }
    throw NotPlain();
  }

  int32_t number(int32_t largest) {
    peek();
    const char* end = text_.data() + text_.size();
    const char* begin = text_.data() + position_;
    int32_t value = -1;
    const auto [stop, error] = std::from_chars(begin, end, value);
    const bool has_leading_zero = *begin == '0' && stop - begin > 1;
    if (error != std::errc() || value < 0 || value > largest || has_leading_zero) throw NotPlain();
    position_ += static_cast<size_t>(stop - begin);
    return value;
  }

  void skip_value() {
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

 private:
  static bool is_white(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }
  void skip_literal() {
    while (position_ < text_.size() && text_[position_] != ',' && text_[position_] != '}') {
      ++position_;
    }
  }

  std::string_view text_;
  size_t position_ = 0;
};

char32_t hex_unit(std::string_view text, size_t at) {
  if (at + 4 > text.size()) throw NotPlain();
  uint32_t unit = 0;
  const auto [stop, error] = std::from_chars(text.data() + at, text.data() + at + 4, unit, 16);
  if (error != std::errc() || stop != text.data() + at + 4) throw NotPlain();
  return unit;
}

/// Appends the character of the escape \uXXXX (or pair of them) whose digits start at `at`; returns
/// where the text goes on.
size_t unescape_unicode(std::string_view raw, size_t at, std::string& out) {
  char32_t c = hex_unit(raw, at);
  at += 4;
  if (c >= 0xD800 && c < 0xDC00 && raw.substr(at).starts_with("\\u")) {
    const char32_t low = hex_unit(raw, at + 2);
    if (low < 0xDC00 || low > 0xDFFF) throw NotPlain();
    c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
    at += 6;
  }
  if (c >= 0xD800 && c < 0xE000) throw NotPlain();
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
      throw NotPlain();
    }
  }
  return out;
}

/// Moves the scanner to the value of `key` in the object that starts here.
void enter(Scanner& scanner, std::string_view key) {
  scanner.expect('{');
  while (scanner.peek() == '"') {
    const std::string_view found = scanner.raw_string();
    scanner.expect(':');
    if (found == key) return;
    scanner.skip_value();
    if (!scanner.accept(',')) break;
  }
  throw NotPlain();
}

JsonVocabulary extract(std::string_view json, int32_t largest_id) {
  Scanner scanner(json);
  enter(scanner, "model");
  enter(scanner, "vocab");
  scanner.expect('{');
  const size_t begin = scanner.position();
  JsonVocabulary result;
  do {
    const std::string_view raw = scanner.raw_string();
    scanner.expect(':');
    const int32_t id = scanner.number(largest_id);
    const bool is_plain = raw.find('\\') == std::string_view::npos;
    result.tokens.emplace_back(is_plain ? std::string(raw) : unescape(raw), id);
  } while (scanner.accept(','));
  scanner.expect('}');
  const size_t end = scanner.position() - 1;
  if (!base::is_valid_utf8(json.substr(begin, end - begin))) throw NotPlain();
  result.rest = json;
  for (size_t i = begin; i < end; ++i) {
    if (result.rest[i] != '\n') result.rest[i] = ' ';
  }
  return result;
}

}  // namespace

std::optional<JsonVocabulary> extract_vocabulary(std::string_view json, int32_t largest_id) {
  try {
    return extract(json, largest_id);
  } catch (const NotPlain&) {
    return std::nullopt;
  }
}

}  // namespace finetune::text
