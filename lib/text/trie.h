#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace finetune::text {

/// A set of byte strings with a number >= 0 each, as a double array: one memory access per byte of
/// a look-up. Aoe 1989, "An efficient digital search algorithm by using a double-array structure".
/// Immutable once built.
class Trie {
 public:
  using Entry = std::pair<std::string_view, int32_t>;
  static constexpr uint32_t kRoot = 0;
  static constexpr uint32_t kNone = UINT32_MAX;

  struct Match {
    int32_t value = -1;  ///< -1: nothing matched
    uint32_t length = 0;
  };

  Trie() : Trie(std::vector<Entry>{}) {}

  /// Entries in any order; of equal strings the first counts. The strings need not outlive the
  /// call.
  explicit Trie(std::vector<Entry> entries);

  /// The child of `node` along `byte`, or kNone.
  uint32_t step(uint32_t node, char byte) const {
    const uint32_t child = nodes_[node].base ^ static_cast<unsigned char>(byte);
    return nodes_[child].parent == node ? child : kNone;
  }
  /// The node that `text` leads to from `node`, or kNone.
  uint32_t walk(uint32_t node, std::string_view text) const;

  int32_t value(uint32_t node) const { return nodes_[node].value; }

  /// The longest non-empty string of the set (below `node`) that `text` starts with.
  Match longest(uint32_t node, std::string_view text) const {
    Match match;
    for (uint32_t i = 0; i < text.size(); ++i) {
      node = step(node, text[i]);
      if (node == kNone) break;
      if (nodes_[node].value >= 0) match = {nodes_[node].value, i + 1};
    }
    return match;
  }

  size_t num_strings() const { return num_strings_; }  ///< distinct ones

  /// The number of exactly `text`, or -1.
  int32_t find(std::string_view text) const;

 private:
  struct Node {
    uint32_t base = 0;
    uint32_t parent = kNone;  ///< kNone: the slot is free (the root's is kNone - 1)
    int32_t value = -1;
  };
  class Builder;

  std::vector<Node> nodes_;
  size_t num_strings_ = 0;
};

}  // namespace finetune::text
