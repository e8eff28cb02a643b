#include "text/bpe_trainer.h"

#include <algorithm>
#include <limits>
#include <unordered_map>

#include "text/pair_queue.h"
#include "text/utf8.h"

namespace finetune::text {

namespace {

std::string text_of(char32_t code_point) {
  std::string text;
  append_char(text, code_point);
  return text;
}

/// Token strings and their ids while a vocabulary grows.
class GrowingVocabulary {
 public:
  uint32_t add(const std::string& token, int64_t num_chars) {
    const auto [at, is_new] = ids_.try_emplace(token, static_cast<uint32_t>(tokens_.size()));
    if (is_new) {
      tokens_.push_back(token);
      num_chars_.push_back(num_chars);
    }
    return at->second;
  }
  std::optional<uint32_t> find(const std::string& token) const {
    const auto at = ids_.find(token);
    if (at == ids_.end()) return std::nullopt;
    return at->second;
  }
  size_t size() const { return tokens_.size(); }
  const std::vector<std::string>& tokens() const { return tokens_; }
  int64_t num_chars(uint32_t id) const { return num_chars_[id]; }

 private:
  std::unordered_map<std::string, uint32_t> ids_;
  std::vector<std::string> tokens_;
  std::vector<int64_t> num_chars_;
};

/// The words as rows of token ids, which shrink as pairs are merged.
struct TokenRows {
  std::vector<uint32_t> ids;
  std::vector<size_t> begins;
  std::vector<uint32_t> lengths;
  std::vector<int64_t> counts;
};

class Training {
 public:
  Training(const WordCounts& words, const BpeTrainerOptions& options)
      : words_(words),
        options_(options),
        max_length_(options.max_token_length.value_or(std::numeric_limits<int64_t>::max())) {}

  BpeVocabulary run() {
    for (const std::string& token : options_.special_tokens)
      vocabulary_.add(token, count_chars(token));
    add_alphabet();
    add_character_forms();
    fill_rows();
    PairQueue queue(options_.tie_rule, vocabulary_.tokens());
    count_pairs(queue);
    while (static_cast<int64_t>(vocabulary_.size()) < options_.vocab_size) {
      const std::optional<PairQueue::Candidate> best = queue.pop();
      if (!best || best->count < 1 || best->count < options_.min_frequency) break;
      merge(*best, queue);
    }
    return result();
  }

 private:
  void add_alphabet();
  void add_character_forms();
  void fill_rows();
  void count_pairs(PairQueue& queue) const;
  void merge(const PairQueue::Candidate& best, PairQueue& queue);
  void merge_in_row(size_t row, TokenPair pair, uint32_t merged, PairQueue& queue);
  BpeVocabulary result() const;

  /// Calls visit(token, code point) for every character of a word that is in the alphabet: the
  /// character with prefix and suffix as its place demands.
  template <class Visit>
  void visit_characters(std::string_view word, const Visit& visit) const;

  const WordCounts& words_;
  const BpeTrainerOptions& options_;
  const int64_t max_length_;
  GrowingVocabulary vocabulary_;
  TokenRows rows_;
  std::vector<TokenPair> merges_;
};

void Training::add_alphabet() {
  std::unordered_map<char32_t, int64_t> counts;
  for (size_t i = 0; i < words_.size(); ++i) {
    auto [word, count] = words_.at(i);
    while (!word.empty()) {
      const DecodedChar decoded = decode_char(word);
      word.remove_prefix(decoded.length);
      counts[decoded.code_point] += count;
    }
  }
  for (const char32_t c : options_.initial_alphabet)
    counts[c] = std::numeric_limits<int64_t>::max();
  std::vector<std::pair<char32_t, int64_t>> kept(counts.begin(), counts.end());
  if (options_.limit_alphabet && std::ssize(kept) > *options_.limit_alphabet) {
    std::ranges::sort(kept, [](const auto& a, const auto& b) {
      return a.second != b.second ? a.second > b.second : a.first < b.first;
    });
    kept.resize(static_cast<size_t>(*options_.limit_alphabet));
  }
  std::ranges::sort(kept);
  for (const auto& [c, count] : kept) vocabulary_.add(text_of(c), 1);
}

template <class Visit>
void Training::visit_characters(std::string_view word, const Visit& visit) const {
  const char* const begin = word.data();
  while (!word.empty()) {
    const DecodedChar decoded = decode_char(word);
    const bool is_first = word.data() == begin;
    word.remove_prefix(decoded.length);
    std::string token = text_of(decoded.code_point);
    if (!vocabulary_.find(token)) continue;
    if (!is_first) token.insert(0, options_.continuing_prefix);
    if (word.empty()) token += options_.end_of_word_suffix;
    visit(token);
  }
}

/// With a prefix or suffix, characters get further forms: sorted, so that their ids do not depend
/// on the order of the words.
void Training::add_character_forms() {
  if (options_.continuing_prefix.empty() && options_.end_of_word_suffix.empty()) return;
  std::vector<std::string> forms;
  std::unordered_map<std::string, bool> seen;
  for (size_t i = 0; i < words_.size(); ++i) {
    visit_characters(words_.at(i).word, [&](const std::string& token) {
      if (seen.try_emplace(token, true).second) forms.push_back(token);
    });
  }
  std::ranges::sort(forms);
  for (const std::string& form : forms) vocabulary_.add(form, 1);
}

void Training::fill_rows() {
  for (size_t i = 0; i < words_.size(); ++i) {
    const size_t begin = rows_.ids.size();
    visit_characters(words_.at(i).word, [&](const std::string& token) {
      rows_.ids.push_back(*vocabulary_.find(token));
    });
    if (rows_.ids.size() - begin < 2) {  // nothing to merge
      rows_.ids.resize(begin);
      continue;
    }
    rows_.begins.push_back(begin);
    rows_.lengths.push_back(static_cast<uint32_t>(rows_.ids.size() - begin));
    rows_.counts.push_back(words_.at(i).count);
  }
}

void Training::count_pairs(PairQueue& queue) const {
  for (size_t row = 0; row < rows_.begins.size(); ++row) {
    const uint32_t* const ids = rows_.ids.data() + rows_.begins[row];
    for (uint32_t i = 0; i + 1 < rows_.lengths[row]; ++i)
      queue.gain({ids[i], ids[i + 1]}, rows_.counts[row], static_cast<uint32_t>(row));
  }
  queue.offer_gained();
}

void Training::merge(const PairQueue::Candidate& best, PairQueue& queue) {
  const auto [first, second] = best.pair;
  std::string_view rest = vocabulary_.tokens()[second];
  if (rest.starts_with(options_.continuing_prefix))
    rest.remove_prefix(options_.continuing_prefix.size());
  const uint32_t merged =
      vocabulary_.add(vocabulary_.tokens()[first] + std::string(rest),
                      vocabulary_.num_chars(first) + vocabulary_.num_chars(second));
  merges_.push_back(best.pair);
  for (const uint32_t row : best.rows) merge_in_row(row, best.pair, merged, queue);
  queue.offer_gained();
}

void Training::merge_in_row(size_t row, TokenPair pair, uint32_t merged, PairQueue& queue) {
  uint32_t* const ids = rows_.ids.data() + rows_.begins[row];
  const uint32_t length = rows_.lengths[row];
  const int64_t count = rows_.counts[row];
  const int64_t merged_chars =
      vocabulary_.num_chars(pair.first) + vocabulary_.num_chars(pair.second);
  const auto replace = [&](TokenPair old_pair, TokenPair new_pair, uint32_t neighbour) {
    queue.lose(old_pair, count);
    if (vocabulary_.num_chars(neighbour) + merged_chars < max_length_)
      queue.gain(new_pair, count, static_cast<uint32_t>(row));
  };
  uint32_t written = 0;
  for (uint32_t read = 0; read < length;) {
    if (read + 1 == length || ids[read] != pair.first || ids[read + 1] != pair.second) {
      ids[written++] = ids[read++];
      continue;
    }
    if (written > 0) {
      const uint32_t before = ids[written - 1];
      replace({before, pair.first}, {before, merged}, before);
    }
    read += 2;
    if (read < length) replace({pair.second, ids[read]}, {merged, ids[read]}, ids[read]);
    ids[written++] = merged;
  }
  rows_.lengths[row] = written;
}

/// A pair can be merged twice (its token was formed in two ways, so that it came up in two sets of
/// words): `tokenizers` then keeps the later rank.
BpeVocabulary Training::result() const {
  BpeVocabulary result{vocabulary_.tokens(), {}};
  std::unordered_map<uint64_t, bool> seen;
  for (size_t i = merges_.size(); i-- > 0;) {
    const auto [first, second] = merges_[i];
    if (!seen.try_emplace(uint64_t{first} << 32 | second, true).second) continue;
    result.merges.emplace_back(vocabulary_.tokens()[first], vocabulary_.tokens()[second]);
  }
  std::ranges::reverse(result.merges);
  return result;
}

}  // namespace

BpeVocabulary train_bpe(const WordCounts& words, const BpeTrainerOptions& options) {
  return Training(words, options).run();
}

}  // namespace finetune::text
