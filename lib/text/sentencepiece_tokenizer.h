#pragma once

#include <memory>
#include <string_view>

#include "text/sentencepiece_library.h"
#include "text/token_buffer.h"
#include "text/tokenizer.h"

namespace finetune::text {

/// The tokenizer that the bytes of a `.model` file alone are: ids as in the file, no special tokens
/// added, offsets those of the library. Throws CheckpointError as SentencePieceLibrary does.
std::unique_ptr<Tokenizer> make_sentencepiece_tokenizer(std::string_view bytes);

/// A text between added tokens, valid UTF-8, and the code-point index of its start.
struct SentencePieceSegment {
  std::string_view text;
  int32_t first_char;
};

/// Cuts `segment`, at random where `out` has a sampler, appends the offsets of the tokens where
/// wanted, and returns the tokens, whose ids are for the caller to append.
const std::vector<SentencePieceToken>& cut_segment(const SentencePieceLibrary& library,
                                                   const SentencePieceSegment& segment,
                                                   bool want_offsets, TokenBuffer& out);

}  // namespace finetune::text
