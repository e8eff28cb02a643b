#pragma once

#include <memory>
#include <string>
#include <vector>

#include "text/added_tokens.h"
#include "text/decoder.h"
#include "text/normalizer.h"
#include "text/post_processor.h"
#include "text/pre_tokenizer.h"
#include "text/segment_encoder.h"
#include "text/token_model.h"
#include "text/tokenizer.h"

namespace finetune::text {

/// Everything that defines a tokenizer of any kind, whichever file it was read from.
struct PipelineParts {
  std::unique_ptr<Normalizer> normalizer;       ///< may be absent
  std::unique_ptr<PreTokenizer> pre_tokenizer;  ///< may be absent
  std::unique_ptr<TokenModel> model;
  std::unique_ptr<SegmentEncoder> fast_encoder;  ///< does what the three do, only faster; or absent
  std::vector<AddedToken> added_tokens;
  bool splits_specials = false;  ///< special tokens in a text are read as any other text
  PostProcessor post_processor;
  std::unique_ptr<Decoder> decoder;  ///< absent: tokens joined by spaces
  std::string pad_token;             ///< "": none
  bool cleans_up_spaces = false;     ///< of decoded text
  uint64_t fingerprint = 0;
};

/// Added tokens, normalizer, pre-tokenizer, model and post-processor in this order, and the decoder
/// back: `tokenizers` 0.22.2. Throws CheckpointError when the parts do not fit together.
std::unique_ptr<Tokenizer> make_pipeline_tokenizer(PipelineParts parts);

}  // namespace finetune::text
