#include "text/pre_token_counts.h"

#include <mutex>
#include <string_view>

#include "base/parallel.h"
#include "text/corpus.h"
#include "text/unicode.h"
#include "text/utf8.h"

namespace finetune::text {

namespace {

constexpr size_t kLongestKept = 64;  // longer parts hardly repeat: their words are counted instead
constexpr int64_t kPartsPerTask = 4096;
constexpr char kPart = 'p';  // first byte of a counted string: what the rest is
constexpr char kWord = 'w';

bool is_space(char32_t c) { return (char_flags(c) & kSpaceChar) != 0; }

/// Where `line` can be cut: before the first space after `begin` with no other space beside it.
size_t find_cut(std::string_view line, size_t begin) {
  for (size_t at = line.find(' ', begin + 1); at != std::string_view::npos;
       at = line.find(' ', at + 1)) {
    if (at + 1 < line.size() && !is_space(last_char(line.substr(0, at))) &&
        !is_space(decode_char(line.substr(at + 1)).code_point))
      return at;
  }
  return line.size();
}

class PreTokenCounter {
 public:
  explicit PreTokenCounter(const PreTokenization& parts) : parts_(parts) {}

  /// The parts of a line, or where a part is long, its words.
  void cut_line(std::string_view line, WordCounts& counts) const {
    std::string marked;
    for (size_t begin = 0; begin < line.size();) {
      const size_t end = find_cut(line, begin);
      const std::string_view part = line.substr(begin, end - begin);
      if (part.size() <= kLongestKept) {
        marked.assign(1, kPart);
        marked += part;
        counts.add(marked);
      } else {
        visit_words(part, [&](const std::string& word) { counts.add(kWord + word); });
      }
      begin = end;
    }
  }

  void add_words(const WordCounts::Entry& marked, WordCounts& words) const {
    const std::string_view text = marked.word.substr(1);
    if (marked.word.front() == kWord) {
      words.add(text, marked.count);
    } else {
      visit_words(text, [&](const std::string& word) { words.add(word, marked.count); });
    }
  }

 private:
  template <class Visit>
  void visit_words(std::string_view part, const Visit& visit) const {
    AlignedText text(part, 0);
    if (parts_.normalizer != nullptr) parts_.normalizer->normalize(text);
    if (text.empty()) return;
    std::vector<AlignedText> pieces;
    pieces.push_back(std::move(text));
    if (parts_.pre_tokenizer != nullptr) parts_.pre_tokenizer->split(pieces);
    for (const AlignedText& piece : pieces) {
      if (!piece.empty()) visit(piece.utf8());
    }
  }

  const PreTokenization& parts_;
};

}  // namespace

WordCounts count_pre_tokens(const std::vector<std::string>& files, const PreTokenization& parts,
                            int num_threads) {
  const PreTokenCounter counter(parts);
  const auto cut = [&](std::string_view line, WordCounts& counts) {
    counter.cut_line(line, counts);
  };
  const WordCounts marked = count_words(files, cut, num_threads);
  WordCounts words;
  std::mutex mutex;
  const auto add_task = [&](int64_t begin, int64_t end) {
    WordCounts part;
    for (int64_t i = begin; i < end; ++i)
      counter.add_words(marked.at(static_cast<size_t>(i)), part);
    const std::lock_guard lock(mutex);
    words.add_all(part);
  };
  base::parallel_for(static_cast<int64_t>(marked.size()), kPartsPerTask, num_threads, add_task);
  return words;
}

}  // namespace finetune::text
