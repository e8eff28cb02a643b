#include "text/regex_translation.h"

#include <algorithm>

#include "base/strings.h"
#include "text/code_point_set.h"
#include "text/pcre2_writer.h"
#include "text/utf8.h"

namespace finetune::text {
namespace {

/// Thrown and caught in this file only.
struct Refusal {
  std::string reason;
};

bool is_digit(char32_t c) { return c >= U'0' && c <= U'9'; }
bool is_ascii_letter(char32_t c) { return (c | 32) >= U'a' && (c | 32) <= U'z'; }

int hex_value(char32_t c) {
  if (is_digit(c)) return static_cast<int>(c - U'0');
  const char32_t lower = c | 32;
  return lower >= U'a' && lower <= U'f' ? static_cast<int>(lower - U'a') + 10 : -1;
}

class Translator {
 public:
  explicit Translator(std::u32string_view regex) : regex_(regex) {}

  std::u32string run() {
    while (!at_end()) step();
    if (ignores_case_) refuse_joined_letters();
    return out_.take();
  }

 private:
  bool at_end() const { return next_ == regex_.size(); }
  char32_t peek(size_t ahead = 0) const {
    return next_ + ahead < regex_.size() ? regex_[next_ + ahead] : U'\0';
  }
  char32_t take() {
    if (at_end()) throw Refusal{"it ends too early"};
    return regex_[next_++];
  }
  bool accept(std::u32string_view text) {
    if (!regex_.substr(next_).starts_with(text)) return false;
    next_ += text.size();
    return true;
  }

  void step() {
    const char32_t c = take();
    if (c == U'\\') {
      escape();
    } else if (c == U'[') {
      char_class();
    } else if (c == U'(') {
      group();
    } else if (c == U'{') {
      repeat();
    } else if (c == U'*' || c == U'+' || c == U'?') {
      out_.put(c);
      if (peek() == U'?' || peek() == U'+') out_.put(take());
      if (peek() == U'*' || peek() == U'+' || peek() == U'?') throw Refusal{"a repeat of a repeat"};
    } else if (c == U'#') {
      out_.put("\\#");
    } else {
      out_.put(c);
    }
  }

  /// {n}, {n,}, {n,m} or {,m}; anything else is a brace.
  void repeat() {
    const size_t end = std::min(regex_.find(U'}', next_), regex_.size());
    const std::u32string_view body = regex_.substr(next_, end - next_);
    const bool is_repeat = end < regex_.size() && !body.empty() && body != U"," &&
                           body.find_first_not_of(U"0123456789,") == std::u32string_view::npos &&
                           std::count(body.begin(), body.end(), U',') <= 1;
    if (!is_repeat) throw Refusal{"a brace that is no repeat; write it as \\{"};
    next_ = end + 1;
    const bool has_comma = body.find(U',') != std::u32string_view::npos;
    out_.put(body.front() == U',' ? "{0" : "{");
    out_.put(body);
    out_.put("}");
    if (peek() == U'+' || peek() == U'*' || (peek() == U'?' && !has_comma)) {
      throw Refusal{"a repeat of a repeat"};
    }
    if (peek() == U'?') out_.put(take());
  }

  void group() {
    out_.put("(");
    if (peek() != U'?') return;
    for (const std::u32string_view kind : {U"?:", U"?=", U"?!", U"?>", U"?<=", U"?<!", U"?i:"}) {
      if (!accept(kind)) continue;
      ignores_case_ = ignores_case_ || kind == U"?i:";
      out_.put(kind);
      return;
    }
    if (next_ == 1 && accept(U"?i)")) {  // elsewhere it would group what follows
      ignores_case_ = true;
      out_.put("?i)");
      return;
    }
    if (accept(U"?m:")) {
      out_.put("?s:");  // that the dot matches a line feed
      return;
    }
    throw Refusal{"a group of an unusual kind"};
  }

  /// The set behind \p{..}, \P{..}, \s, \w, \d or \h and their opposites; nothing for another
  /// letter.
  std::optional<CodePointSet> set_escape(char32_t letter) {
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
        set = CodePointSet{{U'0', U'9'}, {U'A', U'F'}, {U'a', U'f'}};
        break;
      case U'p':
        set = property(is_opposite);
        break;
      default:
        return std::nullopt;
    }
    return is_opposite ? complement(*set) : *set;
  }

  CodePointSet property(bool& is_opposite) {
    if (take() != U'{') throw Refusal{"\\p without a brace"};
    if (accept(U"^")) is_opposite = !is_opposite;
    std::string name;
    for (char32_t c = take(); c != U'}'; c = take()) append_char(name, c);
    const std::optional<CodePointSet> set = property_set(name);
    if (!set) throw Refusal{base::cat("the property ", base::quote(name))};
    return *set;
  }

  /// The character that an escape stands for, inside and outside of classes.
  std::optional<char32_t> char_escape(char32_t letter) {
    static constexpr std::u32string_view kLetters = U"tnrfae", kMeanings = U"\t\n\r\f\a\x1B";
    const size_t known = kLetters.find(letter);
    if (known != std::u32string_view::npos) return kMeanings[known];
    if (letter == U'v') return U'\v';
    if (letter == U'x') return accept(U"{") ? hex(8, U'}') : hex(2, U'\0');
    if (letter == U'u') return hex(4, U'\0');
    if (!is_ascii_letter(letter) && !is_digit(letter)) return letter;
    return std::nullopt;
  }

  char32_t hex(size_t most, char32_t end) {
    char32_t value = 0;
    size_t count = 0;
    for (; count < most && hex_value(peek()) >= 0; ++count) {
      value = value * 16 + static_cast<char32_t>(hex_value(take()));
    }
    const bool is_closed = end == U'\0' ? (count == most) : take() == end;
    if (count == 0 || !is_closed || value > 0x10FFFF) throw Refusal{"a malformed character code"};
    return value;
  }

  void escape() {
    const char32_t letter = take();
    if (const auto set = set_escape(letter)) {
      out_.put_class(*set);
    } else if (const auto c = char_escape(letter)) {
      out_.put_code(*c);
    } else if (letter == U'A' || letter == U'z' || letter == U'R') {
      out_.put("\\");
      out_.put(letter);
    } else if (letter == U'Z') {
      out_.put("(?=\\n?\\z)");
    } else if (letter == U'b' || letter == U'B') {
      out_.put_boundary(regex_word_set(), letter == U'b');
    } else {
      throw Refusal{"the escape \\" + std::string(1, static_cast<char>(letter))};
    }
  }

  void char_class() {
    out_.put("[");
    if (accept(U"^")) out_.put("^");
    ends_in_char_ = false;
    if (peek() == U']') throw Refusal{"a class that begins with ']'; write it as \\]"};
    for (;;) {
      const char32_t c = take();
      if (c == U']') break;
      if (c == U'[') {
        ends_in_char_ = false;
        posix_class();
      } else if (c == U'&' && peek() == U'&') {
        throw Refusal{"an intersection of classes"};
      } else {
        class_item(c);
      }
    }
    out_.put("]");
  }

  /// A '-' makes a range only between two single characters.
  void class_item(char32_t c) {
    const bool starts_range = ends_in_char_ && c == U'-' && peek() != U']' && peek() != U'[';
    ends_in_char_ = false;
    if (starts_range) {
      out_.put("-");
      out_.put_code(range_end());
      return;
    }
    if (c == U'\\') {
      const char32_t letter = take();
      if ((letter | 32) == U'w') {
        const CodePointSet words = regex_word_set_in_class();
        out_.put_ranges(letter == U'w' ? words : complement(words));
        return;
      }
      if (const auto set = set_escape(letter)) {
        out_.put_ranges(*set);
        return;
      }
      c = escaped_in_class(letter);
    }
    out_.put_code(c);
    ends_in_char_ = true;
  }

  char32_t escaped_in_class(char32_t letter) {
    const auto meaning = letter == U'b' ? std::optional(U'\b') : char_escape(letter);
    if (!meaning) throw Refusal{"an escape in a class"};
    return *meaning;
  }

  char32_t range_end() {
    const char32_t c = take();
    if (c != U'\\') return c;
    const char32_t letter = take();
    const size_t before = next_;
    if (set_escape(letter)) throw Refusal{"a range that ends in a set"};
    next_ = before;
    return escaped_in_class(letter);
  }

  void posix_class() {
    if (accept(U":alpha:]")) {
      out_.put_ranges(*property_set("Alphabetic"));
    } else if (accept(U":digit:]")) {
      out_.put_ranges(*property_set("Nd"));
    } else if (accept(U":alnum:]")) {
      out_.put_ranges(*property_set("Alphabetic"));
      out_.put_ranges(*property_set("Nd"));
    } else if (accept(U":space:]")) {
      out_.put_ranges(regex_space_set());
    } else if (accept(U":punct:]")) {
      out_.put_ranges(*property_set("P"));
      out_.put_ranges(*property_set("S"));
    } else {
      throw Refusal{"a class within a class"};
    }
  }

  /// Oniguruma, ignoring case, takes ligatures and the sharp s for the letters they join.
  void refuse_joined_letters() const {
    std::u32string lower;
    for (const char32_t c : regex_) lower += is_ascii_letter(c) ? (c | 32) : c;
    for (const std::u32string_view pair : {U"ss", U"st", U"ff", U"fi", U"fl"}) {
      if (lower.find(pair) != std::u32string::npos) {
        throw Refusal{"ignoring case of letters that ligatures join"};
      }
    }
  }

  std::u32string_view regex_;
  size_t next_ = 0;
  bool ignores_case_ = false;
  bool ends_in_char_ = false;  ///< the class so far: a '-' may follow to make a range
  Pcre2Writer out_;
};

}  // namespace

Translation translate_regex(std::u32string_view regex) {
  try {
    return {Translator(regex).run(), std::nullopt};
  } catch (const Refusal& refusal) {
    return {U"", refusal.reason};
  }
}

}  // namespace finetune::text
