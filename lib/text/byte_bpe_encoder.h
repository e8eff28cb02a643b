#pragma once

#include <memory>

#include "text/bpe.h"
#include "text/byte_level_words.h"
#include "text/segment_encoder.h"

namespace finetune::text {

struct ByteBpeOptions {
  WordRule words = WordRule::kGpt2;
  bool add_prefix_space = false;
};

/// Byte-level BPE straight over the bytes of the text: words are found by a scanner and looked up
/// in a table of words already cut; only new ones are merged. Gives the tokens of the ByteLevel
/// pre-tokenizer (for Llama 3's kind, a Split by the words' expression before it) and `model`,
/// which outlives the encoder. Nothing where the model needs more than that: a byte without a
/// token, prefixes or suffixes.
std::unique_ptr<SegmentEncoder> make_byte_bpe_encoder(const Bpe& model, ByteBpeOptions options);

}  // namespace finetune::text
