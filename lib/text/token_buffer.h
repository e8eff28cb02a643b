#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "text/aligned_text.h"
#include "text/subword_sampler.h"

namespace finetune::text {

/// White space at both ends of a token's text, in characters: what trimming offsets takes away.
struct SpaceRuns {
  int32_t leading = 0;
  int32_t trailing = 0;
};

/// That of a byte-level token, from the bytes that it spells: of its letters only that of the space
/// is trimmed.
inline SpaceRuns space_runs_of_bytes(std::string_view bytes) {
  // Words, and so tokens, that end in printable ASCII hold a space at most as their first byte.
  if (bytes.back() > ' ') return {bytes.front() == ' ' ? 1 : 0, 0};
  size_t leading = 0, trailing = 0;
  while (leading < bytes.size() && bytes[leading] == ' ') ++leading;
  while (trailing < bytes.size() && bytes[bytes.size() - 1 - trailing] == ' ') ++trailing;
  return {static_cast<int32_t>(leading), static_cast<int32_t>(trailing)};
}

/// Tokens of one text before post-processing. Only `ids` is always filled; the rest where it is
/// wanted.
struct TokenBuffer {
  std::vector<int32_t> ids;
  std::vector<CharRange> offsets;     ///< in code points of the text
  std::vector<int32_t> words;         ///< the piece of the pre-tokenizer that a token is from
  std::vector<SpaceRuns> spaces;      ///< where the post-processor trims offsets
  std::string_view spelled;           ///< in place of `spaces`: ASCII; a token is what lies there
  std::vector<int32_t> byte_of_char;  ///< [characters + 1] where offsets are wanted in bytes
  SubwordSampler* sampler = nullptr;  ///< draws for random segmentation, where that is wanted
  std::string_view text;              ///< the whole one
  bool wants_words = false;
  bool wants_spaces = false;
  int32_t num_words = 0;  ///< pieces so far: the next one's number

  void resize(size_t size, bool with_offsets) {
    ids.resize(size);
    if (with_offsets) offsets.resize(size);
  }
  void clear() {
    ids.clear();
    offsets.clear();
    words.clear();
    spaces.clear();
    spelled = {};
    byte_of_char.clear();
    num_words = 0;
  }
  /// A piece is done: the tokens since the last one, of the first `num_tokens`, are its.
  void finish_piece(size_t num_tokens) {
    if (wants_words) words.resize(num_tokens, num_words);
    ++num_words;
  }
  void finish_piece() { finish_piece(ids.size()); }
};

}  // namespace finetune::text
