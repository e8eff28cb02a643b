#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "text/word_counts.h"

namespace finetune::text {

/// Which of several equally frequent pairs is merged first.
enum class TieRule {
  kLowestIds,     ///< the one whose first, then second token is older: `tokenizers`
  kGreatestText,  ///< the one whose texts come last in code-point order: subword-nmt
};

struct BpeTrainerOptions {
  int64_t vocab_size = 30000;
  int64_t min_frequency = 0;                  ///< of a pair that is merged
  std::vector<std::string> special_tokens{};  ///< the first ids, in this order
  std::optional<int64_t> limit_alphabet{};   ///< keeps this many characters, the most frequent ones
  std::vector<char32_t> initial_alphabet{};  ///< characters that are kept whatever the text holds
  std::string continuing_prefix{};           ///< of every token that does not begin a word
  std::string end_of_word_suffix{};
  /// Pairs whose tokens reach this many characters together are not merged (a pair of single
  /// characters always may be).
  std::optional<int64_t> max_token_length{};
  TieRule tie_rule = TieRule::kLowestIds;
};

struct BpeVocabulary {
  std::vector<std::string> tokens;  ///< [id]: special tokens, alphabet in code-point order, with
                                    ///< prefix or suffix the forms of its characters, then merges
  std::vector<std::pair<std::string, std::string>> merges;  ///< in order of rank
};

/// Byte-pair encoding: starting from characters, the most frequent pair of neighbouring tokens
/// becomes a token until the vocabulary is full or no pair occurs min_frequency times. Sennrich et
/// al. 2016, arXiv:1508.07909. Gives what BpeTrainer of `tokenizers` 0.22.2 gives for the same
/// words, down to the order of merges; where that trainer leaves an order to chance (equal counts
/// at the limit of the alphabet, ids of prefixed characters), code points decide here. The order
/// of `words` does not matter. Characters outside the alphabet vanish from the words.
BpeVocabulary train_bpe(const WordCounts& words, const BpeTrainerOptions& options);

}  // namespace finetune::text
