#pragma once

#include <cstdint>
#include <functional>

#include "base/processors.h"  // available_processors

namespace finetune::base {

/// Calls body(begin, end) on disjoint ranges that cover [0, count), on up to `num_threads` threads
/// (the caller's is one of them). Ranges are handed out dynamically in pieces of `grain`. The first
/// exception is rethrown here.
void parallel_for(int64_t count, int64_t grain, int num_threads,
                  const std::function<void(int64_t begin, int64_t end)>& body);

}  // namespace finetune::base
