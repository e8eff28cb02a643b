#include "text/regex_translation.h"

#include <algorithm>
#include <array>

#include "text/pcre2_writer.h"
#include "text/regex_reader.h"

namespace finetune::text {
namespace {

bool is_ascii_letter(char32_t c) { return (c | 32) >= U'a' && (c | 32) <= U'z'; }

/// Characters that, ignoring case, are a sequence of others.
bool is_joined_letter(char32_t c) {
  return c == 0xDF || c == 0x130 || c == 0x149 || c == 0x1F0 || c == 0x390 || c == 0x3B0 ||
         c == 0x587 || (c >= 0x1E96 && c <= 0x1E9E) || (c >= 0x1F50 && c <= 0x1FFC) ||
         (c >= 0xFB00 && c <= 0xFB17);
}

/// Letters in two cases since Unicode 16: Oniguruma knows of them, Debian's PCRE2 does not.
constexpr std::array<std::pair<char32_t, char32_t>, 6> kNewPairs = {{{0x264, 0xA7CB},
                                                                     {0xA7CC, 0xA7CD},
                                                                     {0xA7DA, 0xA7DB},
                                                                     {0x19B, 0xA7DC},
                                                                     {0x1C89, 0x1C8A},
                                                                     {0x10D50, 0x10D70}}};
constexpr char32_t kGaray = 0x10D50, kNumGaray = 22;

/// `set` with both cases of such letters of which it has one.
CodePointSet with_new_pairs(CodePointSet set) {
  const auto join = [&set](char32_t a, char32_t b) {
    if (intersection(set, {{a, a}}).empty() != intersection(set, {{b, b}}).empty()) {
      set = union_of(union_of(set, {{a, a}}), {{b, b}});
    }
  };
  for (const auto& [a, b] : kNewPairs) join(a, b);
  for (char32_t i = 1; i < kNumGaray; ++i) join(kGaray + i, kGaray + 0x20 + i);
  return set;
}

bool is_new_letter(char32_t c) {
  const auto holds = [c](const auto& pair) { return c == pair.first || c == pair.second; };
  return std::ranges::any_of(kNewPairs, holds) || (c >= kGaray && c < kGaray + 0x20 + kNumGaray);
}

class Translator {
 public:
  explicit Translator(std::u32string_view regex) : reader_(regex) {}

  std::u32string run() {
    while (!reader_.at_end()) step();
    if (ignores_case_) refuse_joined_letters();
    return out_.take();
  }

 private:
  void step() {
    const char32_t c = reader_.take();
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
      if (reader_.peek() == U'?' || reader_.peek() == U'+') out_.put(reader_.take());
      if (reader_.peek() == U'*' || reader_.peek() == U'+' || reader_.peek() == U'?')
        throw RegexRefusal{"a repeat of a repeat"};
    } else if (c == U'#') {
      out_.put("\\#");
    } else {
      out_.put(c);
    }
  }

  /// {n}, {n,}, {n,m} or {,m}; anything else is a brace.
  void repeat() {
    const std::u32string_view rest = reader_.regex().substr(reader_.place());
    const size_t end = std::min(rest.find(U'}'), rest.size());
    const std::u32string_view body = rest.substr(0, end);
    const bool is_repeat = end < rest.size() && !body.empty() && body != U"," &&
                           body.find_first_not_of(U"0123456789,") == std::u32string_view::npos &&
                           std::count(body.begin(), body.end(), U',') <= 1;
    if (!is_repeat) throw RegexRefusal{"a brace that is no repeat; write it as \\{"};
    reader_.accept(rest.substr(0, end + 1));
    const bool has_comma = body.find(U',') != std::u32string_view::npos;
    out_.put(body.front() == U',' ? "{0" : "{");
    out_.put(body);
    out_.put("}");
    if (reader_.peek() == U'+' || reader_.peek() == U'*' ||
        (reader_.peek() == U'?' && !has_comma)) {
      throw RegexRefusal{"a repeat of a repeat"};
    }
    if (reader_.peek() == U'?') out_.put(reader_.take());
  }

  void group() {
    out_.put("(");
    if (reader_.peek() != U'?') return;
    for (const std::u32string_view kind : {U"?:", U"?=", U"?!", U"?>", U"?<=", U"?<!", U"?i:"}) {
      if (!reader_.accept(kind)) continue;
      ignores_case_ = ignores_case_ || kind == U"?i:";
      out_.put(kind);
      return;
    }
    if (reader_.place() == 1 && reader_.accept(U"?i)")) {  // elsewhere it would group what follows
      ignores_case_ = true;
      out_.put("?i)");
      return;
    }
    if (reader_.accept(U"?m:")) {
      out_.put("?s:");  // that the dot matches a line feed
      return;
    }
    throw RegexRefusal{"a group of an unusual kind"};
  }

  void escape() {
    const char32_t letter = reader_.take();
    if (const auto set = reader_.set_escape(letter)) {
      put_set(*set);
    } else if (const auto c = reader_.char_escape(letter)) {
      out_.put_code(*c);
    } else if (letter == U'A' || letter == U'z' || letter == U'R') {
      out_.put("\\");
      out_.put(letter);
    } else if (letter == U'Z') {
      out_.put("(?=\\n?\\z)");
    } else if (letter == U'b' || letter == U'B') {
      out_.put_boundary(regex_word_set(), letter == U'b');
    } else {
      throw RegexRefusal{"the escape \\" + std::string(1, static_cast<char>(letter))};
    }
  }

  /// A class that holds nothing is written so that PCRE2 takes it.
  void char_class() {
    RegexClass read = read_class(reader_);
    if (ignores_case_) read.set = with_new_pairs(std::move(read.set));
    if (read.set.empty()) {
      out_.put(read.is_negated ? "(?s:.)" : "(?!)");
      return;
    }
    out_.put(read.is_negated ? "[^" : "[");
    out_.put_ranges(read.set);
    out_.put("]");
  }

  /// Ignoring case does not reach \p{Lu} and the like outside of brackets.
  void put_set(const CodePointSet& set) {
    if (ignores_case_) out_.put("(?-i:");
    out_.put_class(set);
    if (ignores_case_) out_.put(")");
  }

  /// Oniguruma, ignoring case, takes ligatures and the sharp s for the letters they join.
  void refuse_joined_letters() const {
    std::u32string lower;
    for (const char32_t c : reader_.regex()) lower += is_ascii_letter(c) ? (c | 32) : c;
    const auto is_odd = [](char32_t c) { return is_joined_letter(c) || is_new_letter(c); };
    if (std::ranges::any_of(lower, is_odd)) {
      throw RegexRefusal{"ignoring case of a letter that is like several others, or new"};
    }
    for (const std::u32string_view pair : {U"ss", U"st", U"ff", U"fi", U"fl"}) {
      if (lower.find(pair) != std::u32string::npos) {
        throw RegexRefusal{"ignoring case of letters that ligatures join"};
      }
    }
  }

  RegexReader reader_;
  bool ignores_case_ = false;
  Pcre2Writer out_;
};

}  // namespace

Translation translate_regex(std::u32string_view regex) {
  try {
    return {Translator(regex).run(), std::nullopt};
  } catch (const RegexRefusal& refusal) {
    return {U"", refusal.reason};
  }
}

}  // namespace finetune::text
