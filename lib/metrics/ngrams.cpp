#include "metrics/ngrams.h"

#include <algorithm>
#include <unordered_map>

namespace finetune::metrics {

Symbols symbols_of_chars(std::u32string_view text) { return {text.begin(), text.end()}; }

std::vector<Symbols> symbols_of_words(std::span<const std::vector<std::u32string_view>> sequences) {
  std::unordered_map<std::u32string_view, uint32_t> numbers;
  std::vector<Symbols> symbols(sequences.size());
  for (size_t i = 0; i < sequences.size(); ++i) {
    for (const std::u32string_view word : sequences[i]) {
      const auto number = static_cast<uint32_t>(numbers.size());
      symbols[i].push_back(numbers.try_emplace(word, number).first->second);
    }
  }
  return symbols;
}

NgramCounts::NgramCounts(std::vector<Symbols> sequences)
    : sequences_(std::move(sequences)), ids_(sequences_.size()), counts_(sequences_.size()) {
  std::vector<std::vector<uint64_t>> keys;
  for (const Symbols& symbols : sequences_) keys.emplace_back(symbols.begin(), symbols.end());
  number(keys);
}

void NgramCounts::advance() {
  std::vector<std::vector<uint64_t>> keys(ids_.size());
  for (size_t s = 0; s < ids_.size(); ++s) {
    for (size_t i = 0; i + 1 < ids_[s].size(); ++i) {
      keys[s].push_back(uint64_t{ids_[s][i]} << 32 | sequences_[s][i + order_]);
    }
  }
  ++order_;
  number(keys);
}

void NgramCounts::number(const std::vector<std::vector<uint64_t>>& keys) {
  std::vector<uint64_t> distinct;
  for (const auto& own : keys) distinct.insert(distinct.end(), own.begin(), own.end());
  std::ranges::sort(distinct);
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  for (size_t s = 0; s < keys.size(); ++s) {
    ids_[s].clear();
    counts_[s].assign(distinct.size(), 0);
    for (const uint64_t key : keys[s]) {
      const auto id = std::ranges::lower_bound(distinct, key) - distinct.begin();
      ids_[s].push_back(static_cast<uint32_t>(id));
      ++counts_[s][static_cast<size_t>(id)];
    }
  }
}

int64_t NgramCounts::overlap(size_t a, size_t b) const {
  int64_t sum = 0;
  for (size_t i = 0; i < counts_[a].size(); ++i) sum += std::min(counts_[a][i], counts_[b][i]);
  return sum;
}

}  // namespace finetune::metrics
