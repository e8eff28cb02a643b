#pragma once

#include <string>
#include <string_view>

namespace finetune::text {

/// Replaces every `from` (not empty), left to right.
void replace_all(std::string& text, std::string_view from, std::string_view to);

/// What `clean_up_tokenization_spaces` of transformers does to a decoded text: the spaces before
/// punctuation and English contractions go.
void clean_up_spaces(std::string& text);

/// What the WordPiece and CTC decoders of `tokenizers` do to each token: the same, and " do not"
/// becomes " don't".
void clean_up_token(std::string& token);

}  // namespace finetune::text
