#pragma once

#include <memory>

#include "text/normalizer.h"
#include "text/pre_tokenizer.h"
#include "text/segment_encoder.h"

namespace finetune::text {

/// How a pipeline with Metaspace treats spaces, and so which word is cut with which prefix.
struct WordwiseOptions {
  enum class Prefix { kNever, kAtStart, kAlways };  ///< a first word without a space before it
  Prefix prefix = Prefix::kAlways;
  bool joins_spaces = false;   ///< runs of spaces count as one
  bool strips_left = false;    ///< spaces at the start go
  bool strips_right = false;   ///< spaces at the end go
  bool splits_first = false;   ///< WhitespaceSplit before Metaspace: every word is a first one
  std::string unsafe_letters;  ///< of patterns that the normalizer replaces
};

/// A normalizer that looks no further than the neighbouring character, Metaspace and any model:
/// pieces are words, and a word is always cut alike, whatever stands around it. Words of ASCII that
/// the normalizer leaves alone go straight to the model, others once through the whole pipeline
/// between two spaces; the tokens are then remembered. A word that fails that test sends the text
/// that it stands in through the plain encoder.
struct WordwiseParts {
  std::unique_ptr<Normalizer> normalizer;  ///< may be absent
  std::unique_ptr<PreTokenizer> pre_tokenizer;
  const TokenModel& model;  ///< outlives the encoder
  WordwiseOptions options;
};

std::unique_ptr<SegmentEncoder> make_wordwise_encoder(WordwiseParts parts);

}  // namespace finetune::text
