#include "run/runtime.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <malloc.h>

#include "base/parallel.h"

namespace finetune::run {

int configure_runtime(std::optional<int64_t> threads) {
  mallopt(M_MMAP_THRESHOLD, 1 << 30);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
  mallopt(M_TOP_PAD, 64 << 20);
  const int count = threads ? static_cast<int>(*threads) : base::available_processors();
  at::set_num_threads(count);
  static const bool is_first = [] {
    at::set_num_interop_threads(1);  // LibTorch refuses a second time
    return true;
  }();
  static_cast<void>(is_first);
  at::globalContext().setFlushDenormal(true);
  return count;
}

}  // namespace finetune::run
