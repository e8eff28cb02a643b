#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "text/token_buffer.h"
#include "text/wordpiece.h"

namespace finetune::text {

/// Gathers the characters of one word at a time and appends its tokens to a TokenBuffer. The
/// buffers are reused from word to word and from text to text.
class WordCollector {
 public:
  /// Aims at `out`, and forgets an unfinished word.
  void start(const WordPiece& model, bool want_offsets, TokenBuffer& out);

  void add(char32_t normalized, CharRange origin);
  void finish_word();  ///< nothing where no character was added
  bool is_empty() const { return num_chars_ == 0; }

 private:
  void clear();
  void emit_pieces();

  const WordPiece* model_ = nullptr;
  TokenBuffer* out_ = nullptr;
  bool want_offsets_ = false;
  std::string bytes_;               ///< UTF-8; no longer grows once the word is too long
  std::vector<CharRange> origins_;  ///< [bytes_.size()] when offsets are wanted
  CharRange last_origin_{0, 0};
  int64_t num_chars_ = 0;
  std::vector<Piece> pieces_;
};

}  // namespace finetune::text
