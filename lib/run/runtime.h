#pragma once

#include <cstdint>
#include <optional>

namespace finetune::run {

/// Sets up the process for training or inference, before the first tensor; again only to change the
/// number of threads:
/// - `threads` for tensor operations, by default the processors this process may use;
/// - glibc keeps freed memory instead of giving it back and faulting it in again every step;
/// - denormals count as zero (they would slow the optimizer down many times).
/// Returns the number of threads.
int configure_runtime(std::optional<int64_t> threads);

}  // namespace finetune::run
