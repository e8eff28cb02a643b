#pragma once

#include <string>
#include <vector>

#include "text/normalizer.h"
#include "text/pre_tokenizer.h"
#include "text/word_counts.h"

namespace finetune::text {

/// Counts the words that normalizer and pre-tokenizer (either may be null) make of the lines of
/// `files` (see Corpus), line ends included: what the trainers of `tokenizers` count. Both must
/// treat what stands on either side of a single space independently (all do that are used in
/// training: BERT's, lower-casing, byte-level), because the text is cut there and each distinct
/// part is looked at once.
struct PreTokenization {
  const Normalizer* normalizer;
  const PreTokenizer* pre_tokenizer;
};
WordCounts count_pre_tokens(const std::vector<std::string>& files, const PreTokenization& parts,
                            int num_threads);

}  // namespace finetune::text
