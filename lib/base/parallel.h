#pragma once

#include <cstdint>
#include <functional>

namespace finetune::base {

/// Number of processors this process may run on (affinity mask and cgroup quota), at least 1.
int available_processors();

/// Calls body(begin, end) on disjoint ranges that cover [0, count), on up to `num_threads` threads
/// (the caller's is one of them). Ranges are handed out dynamically in pieces of `grain`. The first
/// exception is rethrown here.
void parallel_for(int64_t count, int64_t grain, int num_threads,
                  const std::function<void(int64_t begin, int64_t end)>& body);

}  // namespace finetune::base
