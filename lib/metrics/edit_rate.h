#pragma once

#include <cstdint>

#include "metrics/ngrams.h"

namespace finetune::metrics {

/// Edits that turn the hypothesis into the reference: insertions, deletions, substitutions and
/// shifts of a run of words, each 1 (Snover et al. 2006). The search is Tercom's with its limits (a
/// beam of 25 around the diagonal, shifts of at most 10 words over at most 50, 1,000 candidates),
/// in sacreBLEU 2.6.0's form: the greedy choice among shifts, and so the result, is the same.
int64_t translation_edits(const Symbols& hypothesis, const Symbols& reference);

}  // namespace finetune::metrics
