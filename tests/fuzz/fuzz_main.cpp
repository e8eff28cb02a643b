// libFuzzer's entry of one target: FINETUNE_FUZZ_TARGET names it.
#include <cstddef>
#include <cstdint>

#include "fuzz_targets.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  finetune::fuzz::FINETUNE_FUZZ_TARGET({reinterpret_cast<const char*>(data), size});
  return 0;
}
