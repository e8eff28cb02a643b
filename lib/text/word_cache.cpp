#include "text/word_cache.h"

#include <sys/mman.h>

#include <cstring>
#include <memory>
#include <new>

namespace finetune::text {

static_assert(sizeof(WordCache::ShortSlot) == 32 && sizeof(WordCache::LongSlot) == 64);

/// In huge pages where the system has some: words lie all over the table, too far apart for the
/// processor to remember where ordinary pages are.
template <class Slot>
WordCache::Table<Slot> WordCache::make_table(size_t num_slots) {
  constexpr size_t kHugePage = size_t{1} << 21;
  const size_t bytes = num_slots * sizeof(Slot);
  void* memory = std::aligned_alloc(kHugePage, bytes);
  if (memory == nullptr) throw std::bad_alloc();
  madvise(memory, bytes, MADV_HUGEPAGE);
  auto* slots = static_cast<Slot*>(memory);
  std::uninitialized_default_construct_n(slots, num_slots);
  return Table<Slot>(slots);
}

WordCache::WordCache()
    : short_slots_(make_table<ShortSlot>(kShortMask + 1)),
      long_slots_(make_table<LongSlot>(kLongMask + 1)) {}

template <class Slot, int kEndBits>
void WordCache::add_to(Slot* slots, size_t mask, std::string_view word,
                       std::span<const Piece> tokens) {
  using State = decltype(slots->state());
  typename Slot::Key key{};
  std::memcpy(key.data(), word.data(), word.size());
  size_t at = hash(key) & mask;
  for (size_t i = 0; i < kMostProbes; ++i, at = (at + 1) & mask) {
    Slot& slot = slots[at];
    // An exchange that fails would still take the slot out of the other processors' caches.
    State found = slot.state_.load(std::memory_order_acquire);
    if (found != Slot::kFree ||
        !slot.state_.compare_exchange_strong(found, Slot::kBusy, std::memory_order_acquire)) {
      const bool is_known = found != Slot::kBusy && slot.key_ == key;
      if (is_known) return;
      continue;
    }
    slot.key_ = key;
    State state = Slot::kReady | (static_cast<State>(tokens.size()) << 2);
    for (size_t token = 0; token < tokens.size(); ++token) {
      slot.ids_[token] = tokens[token].id;
      const State end = static_cast<State>(tokens[token].end) & Slot::kEndMask;
      state |= end << (5 + static_cast<size_t>(kEndBits) * token);
    }
    slot.state_.store(state, std::memory_order_release);
    return;
  }
}

void WordCache::add(std::string_view word, std::span<const Piece> tokens) {
  if (word.empty() || word.back() == '\0') return;
  if (word.size() <= ShortSlot::kMostBytes && tokens.size() <= 3) {
    add_to<ShortSlot, 5>(short_slots_.get(), kShortMask, word, tokens);
  } else if (word.size() <= LongSlot::kMostBytes && tokens.size() <= 6) {
    add_to<LongSlot, 6>(long_slots_.get(), kLongMask, word, tokens);
  }
}

}  // namespace finetune::text
