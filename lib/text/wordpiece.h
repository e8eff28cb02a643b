#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "text/vocabulary.h"

namespace finetune::text {

struct WordPieceOptions {
  std::string unknown_token = "[UNK]";
  std::string continuing_prefix = "##";
  int64_t max_chars_per_word = 100;  ///< longer words are unknown as a whole
};

/// Part of a word: the token and the bytes of the word that it covers.
struct Piece {
  int32_t id;
  uint32_t begin;
  uint32_t end;
};

/// A word of at most 16 bytes, padded with zeros: what the table of whole words is asked with.
struct ShortWord {
  uint64_t low;
  uint64_t high;
};

/// The WordPiece model: the longest token that the word starts with, then the longest continuation
/// (a token with the continuing prefix) of the rest, until the word is used up; a word that does
/// not come out even is unknown as a whole. Schuster and Nakajima 2012, "Japanese and Korean voice
/// search"; greedy matching as in BERT. Immutable, every function const.
class WordPiece {
 public:
  /// Throws CheckpointError when the vocabulary lacks the unknown token.
  WordPiece(const std::vector<std::pair<std::string, int32_t>>& tokens, WordPieceOptions options);

  /// Appends the pieces of `word` (not empty, `num_chars` code points, valid UTF-8).
  void tokenize(std::string_view word, int64_t num_chars, std::vector<Piece>& out) const;

  /// The id of a whole word of 1 to 16 bytes without NUL (1 to max_chars_per_word code points), or
  /// -1 when it is not one token: then tokenize() finds its pieces.
  int32_t find_whole(ShortWord word) const {
    for (size_t slot = slot_of(word);; slot = (slot + 1) & slot_mask_) {
      const Slot& candidate = slots_[slot];
      if (candidate.word.low == word.low && candidate.word.high == word.high) return candidate.id;
      if (candidate.id < 0) return -1;
    }
  }

  int32_t unknown_id() const { return unknown_id_; }
  const Vocabulary& vocabulary() const { return vocabulary_; }
  const WordPieceOptions& options() const { return options_; }

 private:
  struct Slot {
    ShortWord word{0, 0};
    int32_t id = -1;
  };

  size_t slot_of(ShortWord word) const {
    const uint64_t mixed = word.low ^ (word.high * 0x9E3779B97F4A7C15u);
    return static_cast<size_t>((mixed * 0xD6E8FEB86659FD93u) >> slot_shift_);
  }
  void build_whole_words(const std::vector<std::pair<std::string, int32_t>>& tokens);

  WordPieceOptions options_;
  Vocabulary vocabulary_;
  uint32_t continuing_node_;  ///< where the trie stands after the continuing prefix, or kNone
  int32_t unknown_id_;
  std::vector<Slot> slots_;  ///< open addressing, a power of two
  size_t slot_mask_ = 0;
  int slot_shift_ = 0;
};

}  // namespace finetune::text
