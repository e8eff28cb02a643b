#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace finetune::text {

enum class TieRule;

/// Ids of two neighbouring tokens.
using TokenPair = std::pair<uint32_t, uint32_t>;

/// The pairs of a byte-pair training, most frequent first: counts kept up to date as pairs come and
/// go, and a heap whose entries are corrected when they come to its top.
///
/// As in BpeTrainer of `tokenizers`, an entry knows the rows (words) in which its pair arose at one
/// step; a pair that arises again at a later step gets a second entry with the new rows only.
class PairQueue {
 public:
  struct Candidate {
    TokenPair pair;
    int64_t count;
    std::vector<uint32_t> rows;  ///< ascending; the pair may have gone from some of them
  };

  /// `tokens` are the texts of the ids, for ties; they may grow while the queue lives.
  PairQueue(TieRule tie_rule, const std::vector<std::string>& tokens);

  /// The pair occurs `count` more times, in `row`. Calls for one step come in ascending rows.
  void gain(TokenPair pair, int64_t count, uint32_t row);
  void lose(TokenPair pair, int64_t count);
  /// Ends a step: the pairs gained since the last call, where any is left, can now be popped.
  void offer_gained();

  std::optional<Candidate> pop();

 private:
  struct PairState {
    TokenPair pair;
    int64_t count = 0;
    std::vector<uint32_t> new_rows{};
  };
  struct Entry {
    int64_t count;
    uint32_t state;
    uint32_t rows;  ///< index into rows_; grows with the steps
  };

  PairState& state_of(TokenPair pair);
  void grow();
  bool is_later(const Entry& a, const Entry& b) const;
  void push(Entry entry);

  TieRule tie_rule_;
  const std::vector<std::string>& tokens_;
  std::vector<PairState> states_;
  std::vector<uint32_t> slots_;  ///< open addressing, a power of two; indices into states_
  std::vector<uint32_t> gained_;
  std::vector<std::vector<uint32_t>> rows_;
  std::vector<Entry> heap_;
};

}  // namespace finetune::text
