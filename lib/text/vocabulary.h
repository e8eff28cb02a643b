#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "text/trie.h"

namespace finetune::text {

/// Token strings and their ids: the table of a model, with the holes and gaps a file may have.
/// Immutable once built.
class Vocabulary {
 public:
  /// Ids at or above this are refused by the readers: they would need gigabytes of empty table.
  static constexpr int32_t kMaxIds = 10'000'000;

  Vocabulary() = default;
  /// Ids must be >= 0, below kMaxIds and distinct. Throws CheckpointError when a string occurs
  /// twice.
  explicit Vocabulary(const std::vector<std::pair<std::string, int32_t>>& tokens);

  std::optional<int32_t> id_of(std::string_view token) const;
  std::string_view token(int32_t id) const;  ///< "" where the id is unused
  bool has(int32_t id) const;
  int32_t id_limit() const { return static_cast<int32_t>(spans_.size()); }  ///< largest id + 1
  int32_t num_tokens() const { return num_tokens_; }
  const Trie& trie() const { return trie_; }

 private:
  struct Span {
    uint32_t begin = 0;
    uint32_t length = kUnused;
  };
  static constexpr uint32_t kUnused = UINT32_MAX;

  std::string text_;         ///< all tokens, one after another
  std::vector<Span> spans_;  ///< [id]
  Trie trie_;
  int32_t num_tokens_ = 0;
};

}  // namespace finetune::text
