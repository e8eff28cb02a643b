#pragma once

#include <array>
#include <cstdint>

#include "text/padded_text.h"
#include "text/unicode_categories.h"
#include "text/utf8.h"

namespace finetune::text {

/// Where the words of a regular expression that byte-level BPE cuts text with end.
enum class WordRule {
  kGpt2,    ///< '(s|t|re|ve|m|ll|d)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
  kLlama3,  ///< (?i:'s|...)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}|
            ///< ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+| \s+(?!\S)|\s+, as in Llama 3 and cl100k_base
  kQwen2,   ///< the same with \p{N} for \p{N}{1,3}
};

enum class LetterKind : uint8_t { kLetter, kNumber, kOther, kSpace, kMultibyte };

/// [byte] for ASCII; kMultibyte above.
const std::array<LetterKind, 256>& letter_kinds();
LetterKind letter_kind(char32_t code_point);  ///< never kMultibyte

/// Walks over a text word by word. The text must be well-formed UTF-8.
template <WordRule kRule>
class ByteLevelWords {
 public:
  explicit ByteLevelWords(const PaddedText& text) : text_(text) {}

  /// The end of the word that begins at `begin`, which is before the end of the text.
  size_t end_of_word(size_t begin) const {
    const char first = at(begin);
    if (first == '\'') {
      if (const size_t end = end_of_contraction(begin); end > begin) return end;
    }
    const Char here = read(begin);
    if (kRule == WordRule::kGpt2) return end_for_gpt2(begin, here);
    return end_for_llama3(begin, here);
  }

 private:
  struct Char {
    LetterKind kind;
    uint32_t length;  ///< 0 at the end of the text
  };

  char at(size_t position) const { return text_.text()[position]; }
  static bool is_line_break(char c) { return c == '\n' || c == '\r'; }

  Char read(size_t position) const {
    if (position >= text_.size()) return {LetterKind::kSpace, 0};
    const LetterKind kind = kinds_[static_cast<unsigned char>(at(position))];
    if (kind != LetterKind::kMultibyte) return {kind, 1};
    const DecodedChar decoded = decode_char(text_.text().substr(position));
    return {letter_kind(decoded.code_point), decoded.length};
  }

  size_t end_for_gpt2(size_t begin, Char here) const {
    if (here.kind != LetterKind::kSpace) return end_of_run(begin, here);
    if (at(begin) == ' ') {
      const Char next = read(begin + 1);
      if (next.kind != LetterKind::kSpace) return end_of_run(begin + 1, next);
    }
    return end_of_spaces(begin);
  }

  size_t end_for_llama3(size_t begin, Char here) const {
    if (here.kind == LetterKind::kLetter) return end_of_run(begin, here);
    const char first = at(begin);
    if (here.kind != LetterKind::kNumber && !is_line_break(first)) {
      const size_t behind = begin + here.length;
      const Char next = read(behind);
      if (next.kind == LetterKind::kLetter) return end_of_run(behind, next);
      if (first == ' ' && next.kind == LetterKind::kOther) {
        return end_of_line_breaks(end_of_run(behind, next));
      }
    }
    if (here.kind == LetterKind::kNumber) return end_of_number(begin, here);
    if (here.kind == LetterKind::kOther) return end_of_line_breaks(end_of_run(begin, here));
    return end_of_spaces(begin);
  }

  /// Characters of one kind.
  size_t end_of_run(size_t position, Char first) const {
    position += first.length;
    while (true) {
      if (first.kind == LetterKind::kLetter) {
        uint32_t count = 0;
        do {
          count = count_ascii_letters(text_.block(position));
          position += count;
        } while (count == 16);
      }
      const Char next = read(position);
      if (next.kind != first.kind || next.length == 0) return position;
      position += next.length;
    }
  }

  size_t end_of_number(size_t position, Char first) const {
    constexpr int kMostDigits = kRule == WordRule::kLlama3 ? 3 : 1;
    position += first.length;
    for (int i = 1; i < kMostDigits; ++i) {
      const Char next = read(position);
      if (next.kind != LetterKind::kNumber) break;
      position += next.length;
    }
    return position;
  }

  size_t end_of_line_breaks(size_t position) const {
    while (position < text_.size() && is_line_break(at(position))) ++position;
    return position;
  }

  /// White space without the last character, which belongs to the word that follows; all of it at
  /// the end of the text or where it is one character only.
  size_t end_of_spaces(size_t begin) const {
    size_t last = begin;  // of the run
    size_t end = begin;
    size_t behind_line_break = begin;
    for (Char next = read(begin); next.kind == LetterKind::kSpace && next.length > 0;
         next = read(end)) {
      last = end;
      end += next.length;
      if (is_line_break(at(last))) behind_line_break = end;
    }
    if (kRule != WordRule::kGpt2 && behind_line_break > begin) return behind_line_break;
    return end == text_.size() || last == begin ? end : last;
  }

  /// Behind an apostrophe; `begin` where there is none.
  size_t end_of_contraction(size_t begin) const {
    const char* letters = text_.block(begin);
    const auto folded = [letters](size_t i) {
      const char c = letters[i];
      return kRule != WordRule::kGpt2 && c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    };
    const char a = folded(1);
    if (a == 's' || a == 't' || a == 'm' || a == 'd') return begin + 2;
    const char b = folded(2);
    if ((a == 'r' && b == 'e') || (a == 'v' && b == 'e') || (a == 'l' && b == 'l')) {
      return begin + 3;
    }
    const bool is_long_s = a == '\xC5' && b == '\xBF';  // U+017F, another form of s to Oniguruma
    return kRule != WordRule::kGpt2 && is_long_s ? begin + 3 : begin;
  }

  const PaddedText& text_;
  const std::array<LetterKind, 256>& kinds_ = letter_kinds();
};

}  // namespace finetune::text
