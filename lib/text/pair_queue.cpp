#include "text/pair_queue.h"

#include <algorithm>

#include "text/bpe_trainer.h"

namespace finetune::text {

namespace {

constexpr uint32_t kFree = UINT32_MAX;
constexpr size_t kFirstSlots = 4096;

size_t hash_of(TokenPair pair) {
  uint64_t value = (uint64_t{pair.first} << 32 | pair.second) * 0x9E3779B97F4A7C15u;
  value ^= value >> 32;
  return static_cast<size_t>(value * 0xD6E8FEB86659FD93u >> 16);
}

}  // namespace

PairQueue::PairQueue(TieRule tie_rule, const std::vector<std::string>& tokens)
    : tie_rule_(tie_rule), tokens_(tokens), slots_(kFirstSlots, kFree) {}

void PairQueue::grow() {
  slots_.assign(slots_.size() * 2, kFree);
  const size_t mask = slots_.size() - 1;
  for (size_t i = 0; i < states_.size(); ++i) {
    size_t slot = hash_of(states_[i].pair) & mask;
    while (slots_[slot] != kFree) slot = (slot + 1) & mask;
    slots_[slot] = static_cast<uint32_t>(i);
  }
}

PairQueue::PairState& PairQueue::state_of(TokenPair pair) {
  if (states_.size() * 2 >= slots_.size()) grow();
  const size_t mask = slots_.size() - 1;
  size_t slot = hash_of(pair) & mask;
  while (slots_[slot] != kFree && states_[slots_[slot]].pair != pair) slot = (slot + 1) & mask;
  if (slots_[slot] == kFree) {
    slots_[slot] = static_cast<uint32_t>(states_.size());
    states_.push_back({pair});
  }
  return states_[slots_[slot]];
}

void PairQueue::gain(TokenPair pair, int64_t count, uint32_t row) {
  PairState& state = state_of(pair);
  state.count += count;
  if (state.new_rows.empty()) gained_.push_back(static_cast<uint32_t>(&state - states_.data()));
  if (state.new_rows.empty() || state.new_rows.back() != row) state.new_rows.push_back(row);
}

void PairQueue::lose(TokenPair pair, int64_t count) { state_of(pair).count -= count; }

void PairQueue::offer_gained() {
  for (const uint32_t index : gained_) {
    PairState& state = states_[index];
    std::vector<uint32_t> rows = std::exchange(state.new_rows, {});
    if (state.count <= 0) continue;
    push({state.count, index, static_cast<uint32_t>(rows_.size())});
    rows_.push_back(std::move(rows));
  }
  gained_.clear();
}

bool PairQueue::is_later(const Entry& a, const Entry& b) const {
  if (a.count != b.count) return a.count < b.count;
  if (a.state == b.state) return a.rows > b.rows;
  const TokenPair& pair_a = states_[a.state].pair;
  const TokenPair& pair_b = states_[b.state].pair;
  if (tie_rule_ == TieRule::kLowestIds) return pair_a > pair_b;
  const std::string& first_a = tokens_[pair_a.first];
  const std::string& first_b = tokens_[pair_b.first];
  if (first_a != first_b) return first_a < first_b;
  return tokens_[pair_a.second] < tokens_[pair_b.second];
}

void PairQueue::push(Entry entry) {
  heap_.push_back(entry);
  std::ranges::push_heap(heap_, [this](const Entry& a, const Entry& b) { return is_later(a, b); });
}

std::optional<PairQueue::Candidate> PairQueue::pop() {
  while (!heap_.empty()) {
    std::ranges::pop_heap(heap_, [this](const Entry& a, const Entry& b) { return is_later(a, b); });
    Entry best = heap_.back();
    heap_.pop_back();
    const PairState& state = states_[best.state];
    if (best.count == state.count)
      return Candidate{state.pair, state.count, std::move(rows_[best.rows])};
    best.count = state.count;
    push(best);
  }
  return std::nullopt;
}

}  // namespace finetune::text
