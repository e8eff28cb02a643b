#pragma once

#include <memory>

#include "text/normalizer.h"
#include "text/pre_tokenizer.h"
#include "text/segment_encoder.h"
#include "text/wordwise_options.h"

namespace finetune::text {

/// A normalizer that looks no further than the neighbouring character, Metaspace and any model:
/// pieces are words, and a word is always cut alike, whatever stands around it. Words of characters
/// that the normalizer leaves alone (SafeChars) go straight to the model, others once through the
/// whole pipeline between two spaces; the tokens are then remembered. A word that fails that test
/// sends the text that it stands in through the plain encoder.
struct WordwiseParts {
  std::unique_ptr<Normalizer> normalizer;  ///< may be absent
  std::unique_ptr<PreTokenizer> pre_tokenizer;
  const TokenModel& model;  ///< outlives the encoder
  WordwiseOptions options;
};

std::unique_ptr<SegmentEncoder> make_wordwise_encoder(WordwiseParts parts);

}  // namespace finetune::text
