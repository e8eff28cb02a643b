#include "text/word_cache.h"

#include <cstring>

namespace finetune::text {

static_assert(sizeof(WordCache::ShortSlot) == 32 && sizeof(WordCache::LongSlot) == 64);

WordCache::WordCache()
    : short_slots_(std::make_unique<ShortSlot[]>(kShortMask + 1)),
      long_slots_(std::make_unique<LongSlot[]>(kLongMask + 1)) {}

template <class Slot, int kEndBits>
void WordCache::add_to(Slot* slots, size_t mask, std::string_view word,
                       std::span<const Piece> tokens) {
  using State = decltype(slots->state());
  typename Slot::Key key{};
  std::memcpy(key.data(), word.data(), word.size());
  size_t at = hash(key) & mask;
  for (size_t i = 0; i < kMostProbes; ++i, at = (at + 1) & mask) {
    Slot& slot = slots[at];
    State expected = Slot::kFree;
    if (!slot.state_.compare_exchange_strong(expected, Slot::kBusy, std::memory_order_acquire)) {
      const bool is_known = expected != Slot::kBusy && slot.key_ == key;
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
