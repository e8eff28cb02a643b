#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "text/added_tokens.h"
#include "text/bert_normalizer.h"
#include "text/post_processor.h"
#include "text/tokenizer.h"
#include "text/wordpiece.h"
#include "text/wordpiece_decoder.h"

namespace finetune::text {

/// Everything that defines a BERT tokenizer, whichever file it was read from.
struct BertParts {
  std::vector<std::pair<std::string, int32_t>> vocabulary;
  WordPieceOptions model;
  BertNormalizerOptions normalizer;
  std::vector<AddedToken> added_tokens;
  /// What the contents of added tokens were normalised with, where it was something else.
  std::optional<BertNormalizerOptions> added_normalizer;
  bool splits_specials = false;  ///< special tokens in a text are read as any other text
  PostProcessor post_processor;
  std::optional<WordPieceDecoder> decoder;  ///< absent: tokens joined by spaces
  std::string pad_token = "[PAD]";
  bool cleans_up_spaces = false;  ///< of decoded text
};

/// BertNormalizer, BertPreTokenizer, WordPiece and a template, equal to `tokenizers` 0.22.2.
/// Throws CheckpointError when the parts do not fit together.
std::unique_ptr<Tokenizer> make_bert_tokenizer(const BertParts& parts);

}  // namespace finetune::text
