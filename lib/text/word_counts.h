#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace finetune::text {

/// Distinct words and how often each occurs: what a vocabulary is trained on. Takes the memory of
/// the distinct words, not of the text.
class WordCounts {
 public:
  struct Entry {
    std::string_view word;  ///< valid until the next add()
    int64_t count;
  };

  void add(std::string_view word, int64_t count = 1);
  void add_all(const WordCounts& other);

  size_t size() const { return entries_.size(); }  ///< distinct words
  Entry at(size_t index) const;                    ///< in the order in which the words came first
  int64_t total() const { return total_; }         ///< words, each as often as it occurs

 private:
  struct Stored {
    uint64_t hash;
    uint64_t begin;
    uint64_t length;
    int64_t count;
  };
  static constexpr uint32_t kFree = UINT32_MAX;

  void grow();
  size_t slot_of(std::string_view word, uint64_t hash) const;

  std::vector<char> text_;  ///< all words, one after another
  std::vector<Stored> entries_;
  std::vector<uint32_t> slots_;  ///< open addressing, a power of two; indices into entries_
  int64_t total_ = 0;
};

}  // namespace finetune::text
