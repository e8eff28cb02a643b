#include "text/known_patterns.h"

#include <array>
#include <utility>

#include "text/unicode.h"
#include "text/unicode_categories.h"

namespace finetune::text {
namespace {

using Text = std::u32string_view;

enum class Kind { kSpace, kLetter, kNumber, kOther };

Kind kind_of(char32_t c) {
  const uint8_t properties = char_properties(c);
  if ((properties & kRegexSpaceChar) != 0) return Kind::kSpace;
  const auto category = static_cast<Category>(properties & 31);
  if (category >= Category::kLl && category <= Category::kLu) return Kind::kLetter;
  if (category >= Category::kNd && category <= Category::kNo) return Kind::kNumber;
  return Kind::kOther;
}

/// The end of the run of characters of `kind` that starts at `at`.
size_t end_of_run(Text text, size_t at, Kind kind) {
  while (at < text.size() && kind_of(text[at]) == kind) ++at;
  return at;
}

bool is_newline(char32_t c) { return c == U'\r' || c == U'\n'; }

/// In lower case, with the long s that folds to s.
char32_t fold(char32_t c) {
  if (c == U'\u017F') return U's';
  return c >= U'A' && c <= U'Z' ? c + 32 : c;
}

/// Characters of 's, 't, 're, 've, 'm, 'll or 'd at the start of `text`; 0 where there is none.
size_t contraction(Text text, bool ignores_case) {
  if (text.size() < 2 || text[0] != U'\'') return 0;
  const auto letter = [&](size_t i) {
    if (i >= text.size()) return U'\0';
    return ignores_case ? fold(text[i]) : text[i];
  };
  const char32_t first = letter(1), second = letter(2);
  if (first == U's' || first == U't' || first == U'm' || first == U'd') return 2;
  const bool is_long =
      (second == U'e' && (first == U'r' || first == U'v')) || (first == U'l' && second == U'l');
  return is_long ? 3 : 0;
}

/// \s+(?!\S)|\s+ : the last space of a run before a word is left to the word.
size_t end_of_spaces(Text text, size_t begin, size_t end) {
  return end < text.size() && end - begin > 1 ? end - 1 : end;
}

size_t gpt2_token(Text text, size_t begin) {
  if (const size_t length = contraction(text.substr(begin), false)) return begin + length;
  const bool has_space = text[begin] == U' ' && begin + 1 < text.size();
  const size_t start = has_space ? begin + 1 : begin;
  const Kind kind = kind_of(text[start]);
  if (kind != Kind::kSpace) return end_of_run(text, start, kind);
  return end_of_spaces(text, begin, end_of_run(text, begin, Kind::kSpace));
}

size_t number_end(Text text, size_t begin, size_t max_digits) {
  size_t end = begin;
  while (end < text.size() && end - begin < max_digits && kind_of(text[end]) == Kind::kNumber) {
    ++end;
  }
  return end;
}

/// The rest of cl100k after contractions: kinds of the first character and of the next decide.
size_t cl100k_token(Text text, size_t begin, size_t max_digits) {
  if (const size_t length = contraction(text.substr(begin), true)) return begin + length;
  const char32_t c = text[begin];
  const Kind kind = kind_of(c);
  const bool has_next = begin + 1 < text.size();
  const Kind next = has_next ? kind_of(text[begin + 1]) : Kind::kSpace;
  if (kind == Kind::kLetter) return end_of_run(text, begin, Kind::kLetter);
  if (kind == Kind::kNumber) return number_end(text, begin, max_digits);
  if (next == Kind::kLetter && !is_newline(c)) return end_of_run(text, begin + 1, Kind::kLetter);
  if (kind == Kind::kOther || (c == U' ' && next == Kind::kOther)) {
    size_t end = end_of_run(text, kind == Kind::kOther ? begin : begin + 1, Kind::kOther);
    while (end < text.size() && is_newline(text[end])) ++end;
    return end;
  }
  const size_t end = end_of_run(text, begin, Kind::kSpace);
  for (size_t last = end; last > begin; --last) {
    if (is_newline(text[last - 1])) return last;
  }
  return end_of_spaces(text, begin, end);
}

size_t llama3_token(Text text, size_t begin) { return cl100k_token(text, begin, 3); }
size_t qwen2_token(Text text, size_t begin) { return cl100k_token(text, begin, 1); }

/// An expression that matches at every place: its matches lie side by side.
class CoveringScanner final : public TextPattern {
 public:
  using TokenEnd = size_t (*)(Text text, size_t begin);
  explicit CoveringScanner(TokenEnd token_end) : token_end_(token_end) {}

  void find(Text text, std::vector<TextSpan>& matches) const override {
    matches.clear();
    for (size_t begin = 0; begin < text.size();) {
      const size_t end = token_end_(text, begin);
      matches.emplace_back(begin, end);
      begin = end;
    }
  }

 private:
  TokenEnd token_end_;
};

/// Runs of at least `least` characters of one class; class 0 is none of them.
class RunScanner final : public TextPattern {
 public:
  using ClassOf = int (*)(char32_t c);
  RunScanner(ClassOf class_of, size_t least) : class_of_(class_of), least_(least) {}

  void find(Text text, std::vector<TextSpan>& matches) const override {
    matches.clear();
    for (size_t begin = 0; begin < text.size();) {
      const int wanted = class_of_(text[begin]);
      size_t end = begin + 1;
      while (end < text.size() && class_of_(text[end]) == wanted) ++end;
      if (wanted != 0 && end - begin >= least_) matches.emplace_back(begin, end);
      begin = end;
    }
  }

 private:
  ClassOf class_of_;
  size_t least_;
};

int space_class(char32_t c) { return is_regex_space(c) ? 1 : 0; }
int ascii_space_class(char32_t c) { return c == U' ' ? 1 : 0; }
int word_class(char32_t c) {
  const uint8_t flags = char_flags(c);
  if ((flags & kWordChar) != 0) return 1;
  return (flags & kSpaceChar) != 0 ? 0 : 2;
}

}  // namespace

std::unique_ptr<TextPattern> make_known_pattern(KnownPattern pattern) {
  switch (pattern) {
    case KnownPattern::kGpt2:
      return std::make_unique<CoveringScanner>(gpt2_token);
    case KnownPattern::kLlama3:
      return std::make_unique<CoveringScanner>(llama3_token);
    case KnownPattern::kQwen2:
      return std::make_unique<CoveringScanner>(qwen2_token);
    case KnownPattern::kSpaceRun:
      return std::make_unique<RunScanner>(space_class, 1);
    case KnownPattern::kWords:
      return std::make_unique<RunScanner>(word_class, 1);
    case KnownPattern::kTwoSpaces:
      return std::make_unique<RunScanner>(ascii_space_class, 2);
  }
  return nullptr;
}

std::optional<KnownPattern> find_known_pattern(std::string_view regex) {
  using namespace std::string_view_literals;
  static constexpr std::array kTable = {
      std::pair{R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)"sv,
                KnownPattern::kGpt2},
      std::pair{R"('(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)"sv,
                KnownPattern::kGpt2},
      std::pair{
          R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)"sv,
          KnownPattern::kLlama3},
      std::pair{
          R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)"sv,
          KnownPattern::kQwen2},
      std::pair{R"(\s+)"sv, KnownPattern::kSpaceRun},
      std::pair{" {2,}"sv, KnownPattern::kTwoSpaces},
  };
  for (const auto& [text, pattern] : kTable) {
    if (text == regex) return pattern;
  }
  return std::nullopt;
}

}  // namespace finetune::text
