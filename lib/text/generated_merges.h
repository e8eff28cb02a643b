#pragma once

#include <string>
#include <utility>
#include <vector>

#include "text/json_vocabulary.h"
#include "text/sentencepiece_model.h"

namespace finetune::text {

/// The merges that a SentencePiece BPE model implies, as generate_merges of transformers 4.57.6
/// derives them: every way to put a token of `tables` together from two pieces of `model`, better
/// scores first, of equal scores those with longer parts.
std::vector<std::pair<std::string, std::string>> generate_merges(const SentencePieceModel& model,
                                                                 const JsonVocabulary& tables);

}  // namespace finetune::text
