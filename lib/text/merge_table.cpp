#include "text/merge_table.h"

#include <bit>

namespace finetune::text {

MergeTable::MergeTable(size_t capacity) {
  const size_t num_slots = std::bit_ceil(capacity + capacity / 2 + 2);
  slots_.resize(num_slots);
  mask_ = num_slots - 1;
  shift_ = 64 - std::countr_zero(num_slots);
}

void MergeTable::set(int32_t left, int32_t right, MergeRule merge) {
  const uint64_t key = key_of(left, right);
  size_t slot = slot_of(key);
  while (slots_[slot].key != kFree && slots_[slot].key != key) slot = (slot + 1) & mask_;
  if (slots_[slot].key == kFree) ++size_;
  slots_[slot] = {key, merge};
}

}  // namespace finetune::text
