#pragma once

#include <string>
#include <vector>

#include "text/segment_encoder.h"

namespace finetune::text {

/// Random texts for tokenizers: words, runs of spaces, digits, contractions, other scripts,
/// combining marks, invalid UTF-8, very long words. The same for the same seed.
std::vector<std::string> random_texts(uint64_t seed, int count);

/// Checks that `fast` gives what `plain` gives: ids, offsets, words and spaces, asked for or not.
void compare_encoders(const SegmentEncoder& plain, const SegmentEncoder& fast,
                      const std::vector<std::string>& texts);

}  // namespace finetune::text
