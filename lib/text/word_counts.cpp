#include "text/word_counts.h"

#include "base/error.h"
#include "base/hash.h"

namespace finetune::text {

namespace {

constexpr size_t kFirstSlots = 1024;

}  // namespace

size_t WordCounts::slot_of(std::string_view word, uint64_t hash) const {
  const size_t mask = slots_.size() - 1;
  for (size_t slot = hash & mask;; slot = (slot + 1) & mask) {
    if (slots_[slot] == kFree) return slot;
    const Stored& entry = entries_[slots_[slot]];
    if (entry.hash == hash && std::string_view(text_.data() + entry.begin, entry.length) == word)
      return slot;
  }
}

void WordCounts::grow() {
  slots_.assign(slots_.empty() ? kFirstSlots : slots_.size() * 2, kFree);
  const size_t mask = slots_.size() - 1;
  for (size_t index = 0; index < entries_.size(); ++index) {
    size_t slot = entries_[index].hash & mask;
    while (slots_[slot] != kFree) slot = (slot + 1) & mask;
    slots_[slot] = static_cast<uint32_t>(index);
  }
}

void WordCounts::add(std::string_view word, int64_t count) {
  if (entries_.size() * 2 >= slots_.size()) grow();
  const uint64_t hash = base::hash64(word);
  const size_t slot = slot_of(word, hash);
  if (slots_[slot] == kFree) {
    if (entries_.size() >= kFree)
      throw DataError("the text has more than 4 billion distinct words");
    slots_[slot] = static_cast<uint32_t>(entries_.size());
    entries_.push_back({hash, text_.size(), word.size(), 0});
    text_.insert(text_.end(), word.begin(), word.end());
  }
  entries_[slots_[slot]].count += count;
  total_ += count;
}

void WordCounts::add_all(const WordCounts& other) {
  for (size_t i = 0; i < other.size(); ++i) add(other.at(i).word, other.at(i).count);
}

WordCounts::Entry WordCounts::at(size_t index) const {
  const Stored& entry = entries_[index];
  return {{text_.data() + entry.begin, entry.length}, entry.count};
}

}  // namespace finetune::text
