#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <span>
#include <string_view>

#include "text/wordpiece.h"

namespace finetune::text {

constexpr uint32_t kUnknownEnd = UINT32_MAX;

/// One word of a WordCache and its tokens. Immutable once its state says so.
template <size_t kNumParts, size_t kMostTokens, class State, int kEndBits>
class WordSlot {
 public:
  using Key = std::array<uint64_t, kNumParts>;
  static constexpr size_t kMostBytes = kNumParts * 8;

  uint32_t num_tokens() const { return static_cast<uint32_t>(state() >> 2) & 7; }
  int32_t id(uint32_t index) const { return ids_[index]; }
  /// The byte of the word at which a token ends; kUnknownEnd where that was not known when the word
  /// was added.
  uint32_t end(uint32_t index) const {
    const State bits = (state() >> (5 + kEndBits * static_cast<int>(index))) & kEndMask;
    return bits == kEndMask ? kUnknownEnd : static_cast<uint32_t>(bits);
  }

 private:
  friend class WordCache;
  static constexpr State kEndMask = (State{1} << kEndBits) - 1;
  static constexpr State kFree = 0, kBusy = 1, kReady = 2;  ///< the low two bits

  State state() const { return state_.load(std::memory_order_relaxed); }

  Key key_{};
  std::atomic<State> state_{kFree};  ///< then 3 bits: number of tokens, then their ends
  std::array<int32_t, kMostTokens> ids_{};
};

/// Words already cut into tokens, for words of up to 32 bytes and few tokens. Entries are added
/// until the table is full and never change: text has its frequent words early. Any number of
/// threads may read and add at once; reading takes no lock and writes nothing.
class WordCache {
 public:
  using ShortSlot = WordSlot<2, 3, uint32_t, 5>;  ///< 32 bytes
  using LongSlot = WordSlot<4, 6, uint64_t, 6>;   ///< 64 bytes

  WordCache();

  /// The entry of the word whose bytes, filled up with zeros, are `key`; nullptr where there is
  /// none. The word must not end in NUL.
  const ShortSlot* find(const ShortSlot::Key& key) const {
    return find<ShortSlot>(short_slots_.get(), kShortMask, key);
  }
  const LongSlot* find(const LongSlot::Key& key) const {
    return find<LongSlot>(long_slots_.get(), kLongMask, key);
  }

  /// Remembers the tokens of `word` (they cover it, one after the other; none: something else is to
  /// be done with it) if they fit and there is room.
  void add(std::string_view word, std::span<const Piece> tokens);

 private:
  static constexpr size_t kShortMask = (size_t{1} << 17) - 1;
  static constexpr size_t kLongMask = (size_t{1} << 16) - 1;
  static constexpr size_t kMostProbes = 8;

  struct Free {
    void operator()(void* memory) const { std::free(memory); }
  };
  template <class Slot>
  using Table = std::unique_ptr<Slot[], Free>;

  static size_t hash(const ShortSlot::Key& key) {
    const uint64_t mixed = key[0] ^ (key[1] * 0x9E3779B97F4A7C15u);
    return static_cast<size_t>((mixed * 0xD6E8FEB86659FD93u) >> 40);
  }
  static size_t hash(const LongSlot::Key& key) {
    return hash(ShortSlot::Key{key[0] ^ (key[2] * 0xA24BAED4963EE407u),
                               key[1] ^ (key[3] * 0x9FB21C651E98DF25u)});
  }

  /// operator== would call memcmp.
  template <size_t kNumParts>
  static bool is_equal(const std::array<uint64_t, kNumParts>& a,
                       const std::array<uint64_t, kNumParts>& b) {
    uint64_t difference = 0;
    for (size_t i = 0; i < kNumParts; ++i) difference |= a[i] ^ b[i];
    return difference == 0;
  }

  template <class Slot>
  static const Slot* find(const Slot* slots, size_t mask, const typename Slot::Key& key) {
    size_t at = hash(key) & mask;
    for (size_t i = 0; i < kMostProbes; ++i, at = (at + 1) & mask) {
      const Slot& slot = slots[at];
      const auto state = slot.state_.load(std::memory_order_acquire);
      if (state == Slot::kFree) return nullptr;
      if (state != Slot::kBusy && is_equal(slot.key_, key)) return &slot;
    }
    return nullptr;
  }
  template <class Slot, int kEndBits>
  static void add_to(Slot* slots, size_t mask, std::string_view word,
                     std::span<const Piece> tokens);

  template <class Slot>
  static Table<Slot> make_table(size_t num_slots);

  Table<ShortSlot> short_slots_;
  Table<LongSlot> long_slots_;
};

}  // namespace finetune::text
