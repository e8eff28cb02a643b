#include "text/trie.h"

#include <algorithm>
#include <span>

namespace finetune::text {
namespace {
constexpr uint32_t kBlock = 256;
constexpr uint32_t kMaxTries = 64;  ///< slots looked at before a fresh block is opened

/// The first eight bytes as a number that sorts like them.
uint64_t leading_bytes(std::string_view text) {
  uint64_t number = 0;
  for (size_t i = 0; i < 8; ++i) {
    number = (number << 8) | (i < text.size() ? static_cast<unsigned char>(text[i]) : 0u);
  }
  return number;
}

/// Stable; most comparisons are of one number.
void sort_by_text(std::vector<Trie::Entry>& entries) {
  std::vector<std::pair<uint64_t, Trie::Entry>> keyed;
  keyed.reserve(entries.size());
  for (const Trie::Entry& entry : entries) keyed.emplace_back(leading_bytes(entry.first), entry);
  std::stable_sort(keyed.begin(), keyed.end(), [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first < b.first : a.second.first < b.second.first;
  });
  std::transform(keyed.begin(), keyed.end(), entries.begin(),
                 [](const auto& key_and_entry) { return key_and_entry.second; });
}

}  // namespace

/// Places the children of every node, depth first, over the sorted entries.
class Trie::Builder {
 public:
  Builder(std::vector<Node>& nodes, std::span<const Entry> entries)
      : nodes_(nodes), entries_(entries) {
    nodes_.assign(kBlock, Node{});
    nodes_[kRoot].parent = kNone - 1;
    pending_.push_back({kRoot, 0, entries_.size(), 0});
    while (!pending_.empty()) {
      const Range range = pending_.back();
      pending_.pop_back();
      place(range);
    }
  }

 private:
  /// The entries [begin, end) share their first `depth` bytes, which lead to `node`.
  struct Range {
    uint32_t node;
    size_t begin, end, depth;
  };

  void place(Range range) {
    if (range.begin < range.end && entries_[range.begin].first.size() == range.depth) {
      nodes_[range.node].value = entries_[range.begin++].second;
    }
    if (range.begin == range.end) return;
    labels_.clear();
    starts_.clear();
    for (size_t i = range.begin; i < range.end; ++i) {
      const auto label = static_cast<unsigned char>(entries_[i].first[range.depth]);
      if (!labels_.empty() && labels_.back() == label) continue;
      labels_.push_back(label);
      starts_.push_back(i);
    }
    starts_.push_back(range.end);
    const uint32_t base = find_base();
    nodes_[range.node].base = base;
    for (size_t i = 0; i < labels_.size(); ++i) {
      nodes_[base ^ labels_[i]].parent = range.node;
      pending_.push_back({base ^ labels_[i], starts_[i], starts_[i + 1], range.depth + 1});
    }
  }

  /// A base whose slots for all labels_ are free.
  uint32_t find_base() {
    uint32_t tries = 0;
    for (uint32_t slot = next_free(first_free_); slot < nodes_.size(); slot = next_free(slot + 1)) {
      if (tries == 0) first_free_ = slot;
      if (++tries > kMaxTries) {
        // This region is too crowded to be searched again and again: leave its few holes alone.
        first_free_ += kMaxTries / 4;
        break;
      }
      const uint32_t base = slot ^ labels_.front();
      if (std::all_of(labels_.begin(), labels_.end(),
                      [&](unsigned char label) { return is_free(base ^ label); })) {
        return base;
      }
    }
    const auto fresh = static_cast<uint32_t>(nodes_.size());
    nodes_.resize(fresh + kBlock);
    return fresh;
  }

  bool is_free(uint32_t slot) const { return nodes_[slot].parent == kNone; }
  uint32_t next_free(uint32_t slot) const {
    while (slot < nodes_.size() && !is_free(slot)) ++slot;
    return slot;
  }

  std::vector<Node>& nodes_;
  std::span<const Entry> entries_;
  std::vector<Range> pending_;
  std::vector<unsigned char> labels_;
  std::vector<size_t> starts_;
  uint32_t first_free_ = 1;
};

Trie::Trie(std::vector<Entry> entries) {
  sort_by_text(entries);
  const auto equal = [](const Entry& a, const Entry& b) { return a.first == b.first; };
  entries.erase(std::unique(entries.begin(), entries.end(), equal), entries.end());
  num_strings_ = entries.size();
  Builder(nodes_, entries);
}

uint32_t Trie::walk(uint32_t node, std::string_view text) const {
  for (const char byte : text) {
    node = step(node, byte);
    if (node == kNone) break;
  }
  return node;
}

int32_t Trie::find(std::string_view text) const {
  const uint32_t node = walk(kRoot, text);
  return node == kNone ? -1 : value(node);
}

}  // namespace finetune::text
