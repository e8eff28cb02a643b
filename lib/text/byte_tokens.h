#pragma once

#include <cstdint>
#include <vector>

#include "text/vocabulary.h"

namespace finetune::text {

/// The ids of the tokens "<0x00>" ... "<0xFF>" that stand for single bytes, -1 where one is absent.
std::vector<int32_t> byte_token_ids(const Vocabulary& vocabulary);  // [256]

}  // namespace finetune::text
