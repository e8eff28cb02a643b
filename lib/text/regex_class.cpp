#include <array>

#include "text/regex_reader.h"

namespace finetune::text {
namespace {

constexpr int kMaxDepth = 16;

class ClassReader {
 public:
  ClassReader(RegexReader& reader, int depth) : reader_(reader), depth_(depth) {
    if (depth == kMaxDepth) throw RegexRefusal{"classes within classes, too deep"};
  }

  RegexClass read() {
    const bool is_negated = reader_.accept(U"^");
    if (reader_.peek() == U']') {
      throw RegexRefusal{"a class that begins with ']'; write it as \\]"};
    }
    for (char32_t c = reader_.take(); c != U']'; c = reader_.take()) item(c);
    return {left_ ? intersection(*left_, set_) : std::move(set_), is_negated};
  }

 private:
  void add(const CodePointSet& more) { set_ = union_of(set_, more); }

  void item(char32_t c) {
    const bool starts_range =
        ends_in_char_ && c == U'-' && reader_.peek() != U']' && reader_.peek() != U'[';
    if (c == U'[') {
      ends_in_char_ = false;
      if (!posix_bracket()) add(ClassReader(reader_, depth_ + 1).read().members());
    } else if (c == U'&' && reader_.accept(U"&")) {
      left_ = left_ ? intersection(*left_, set_) : std::move(set_);
      set_.clear();
      ends_in_char_ = false;
    } else if (starts_range) {
      range_to(range_end());
    } else {
      member(c);
    }
  }

  void member(char32_t c) {
    ends_in_char_ = false;
    if (c == U'\\') {
      const char32_t letter = reader_.take();
      if (const auto set = set_of(letter)) {
        add(*set);
        refuse_range_behind_set();
        return;
      }
      c = escaped(letter);
    }
    add({{c, c}});
    last_char_ = c;
    ends_in_char_ = true;
  }

  std::optional<CodePointSet> set_of(char32_t letter) {
    if (letter == U'w') return regex_word_set_in_class();
    if (letter == U'W') return complement(regex_word_set_in_class());
    return reader_.set_escape(letter);
  }

  /// The library takes neither it nor the other way round.
  void refuse_range_behind_set() const {
    if (reader_.peek() == U'-' && reader_.peek(1) != U']') {
      throw RegexRefusal{"a range that begins with a set"};
    }
  }

  char32_t escaped(char32_t letter) {
    const auto meaning = letter == U'b' ? std::optional(U'\b') : reader_.char_escape(letter);
    if (!meaning) throw RegexRefusal{"an escape in a class"};
    return *meaning;
  }

  char32_t range_end() {
    const char32_t c = reader_.take();
    if (c != U'\\') return c;
    const char32_t letter = reader_.take();
    if (set_of(letter)) throw RegexRefusal{"a range that ends in a set"};
    return escaped(letter);
  }

  void range_to(char32_t last) {
    if (last < last_char_) throw RegexRefusal{"a range that runs backwards"};
    add({{last_char_, last}});
    ends_in_char_ = false;
  }

  /// "[:alpha:]", "[:^alpha:]": true where it was one.
  bool posix_bracket() {
    if (reader_.peek() != U':') return false;
    static constexpr std::array kNames = {"alnum", "alpha", "ascii", "blank", "cntrl",
                                          "digit", "graph", "lower", "print", "punct",
                                          "space", "upper", "word",  "xdigit"};
    for (const std::string_view name : kNames) {
      for (const bool is_opposite : {false, true}) {
        const std::u32string letters(name.begin(), name.end());
        if (!reader_.accept((is_opposite ? U":^" : U":") + letters + U":]")) continue;
        const CodePointSet set = posix_set(name);
        add(is_opposite ? complement(set) : set);
        refuse_range_behind_set();
        return true;
      }
    }
    throw RegexRefusal{"a class within a class that begins with ':'"};
  }

  static CodePointSet posix_set(std::string_view name) {
    if (name == "word") return regex_word_set_in_class();
    if (name == "punct") return union_of(*property_set("P"), *property_set("S"));
    return *property_set(name);
  }

  RegexReader& reader_;
  int depth_;
  CodePointSet set_;                  ///< since the last &&
  std::optional<CodePointSet> left_;  ///< what && has joined so far
  char32_t last_char_ = 0;
  bool ends_in_char_ = false;  ///< a '-' may follow to make a range
};

}  // namespace

RegexClass read_class(RegexReader& reader) { return ClassReader(reader, 0).read(); }

}  // namespace finetune::text
