#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace finetune::text {

/// What becomes of a pair of neighbouring tokens, and how early.
struct MergeRule {
  uint32_t rank = UINT32_MAX;  ///< smaller ones are merged first
  int32_t id = -1;             ///< of the merged token; -1: the pair is not merged
};

/// The merges of a BPE model by pair of token ids: a flat hash table. Immutable after filling.
class MergeTable {
 public:
  explicit MergeTable(size_t capacity = 0);

  /// Of equal pairs the last counts, as in `tokenizers`. At most `capacity` pairs.
  void set(int32_t left, int32_t right, MergeRule merge);

  MergeRule find(int32_t left, int32_t right) const {
    const uint64_t key = key_of(left, right);
    for (size_t slot = slot_of(key);; slot = (slot + 1) & mask_) {
      const Slot& candidate = slots_[slot];
      if (candidate.key == key) return candidate.merge;
      if (candidate.key == kFree) return {};
    }
  }
  size_t size() const { return size_; }

 private:
  struct Slot {
    uint64_t key = kFree;
    MergeRule merge{};
  };
  static constexpr uint64_t kFree = UINT64_MAX;

  static uint64_t key_of(int32_t left, int32_t right) {
    return (static_cast<uint64_t>(static_cast<uint32_t>(left)) << 32) |
           static_cast<uint32_t>(right);
  }
  size_t slot_of(uint64_t key) const {
    return static_cast<size_t>(((key ^ (key >> 29)) * 0x9E3779B97F4A7C15u) >> shift_);
  }

  std::vector<Slot> slots_;  ///< open addressing, a power of two
  size_t mask_;
  int shift_;
  size_t size_ = 0;
};

}  // namespace finetune::text
