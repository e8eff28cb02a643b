#include "base/error.h"
#include "kernels/simd/loops.h"

namespace finetune::kernels::simd {

extern const Loops kGenericLoops;
#if defined(__x86_64__)
extern const Loops kAvx2Loops;
extern const Loops kAvx512Loops;
#endif

bool is_supported(InstructionSet set) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (set == InstructionSet::kAvx512) {
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
  }
  if (set == InstructionSet::kAvx2) {
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  }
#endif
  return set == InstructionSet::kGeneric;
}

const Loops& loops_for(InstructionSet set) {
  if (!is_supported(set)) throw InternalError("this processor lacks the instruction set asked for");
#if defined(__x86_64__)
  if (set == InstructionSet::kAvx512) return kAvx512Loops;
  if (set == InstructionSet::kAvx2) return kAvx2Loops;
#endif
  return kGenericLoops;
}

const Loops& loops() {
  static const Loops& best =
      loops_for(is_supported(InstructionSet::kAvx512) ? InstructionSet::kAvx512
                : is_supported(InstructionSet::kAvx2) ? InstructionSet::kAvx2
                                                      : InstructionSet::kGeneric);
  return best;
}

}  // namespace finetune::kernels::simd
