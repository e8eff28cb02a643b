#pragma once

#include <string>
#include <string_view>

namespace finetune::text {

/// The WordPiece decoder of `tokenizers`: words joined by spaces, continuations glued on, and with
/// `cleanup` the spaces before punctuation and English contractions removed, token by token.
struct WordPieceDecoder {
  std::string prefix = "##";
  bool cleanup = true;

  /// Appends `token` to the decoded text; `is_first` for the first token of all.
  void append(std::string_view token, bool is_first, std::string& out) const;
};

}  // namespace finetune::text
