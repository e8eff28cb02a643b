#include <catch2/catch.hpp>

#include "base/error.h"
#include "kernels/simd/loops.h"

using namespace finetune;
using namespace finetune::kernels::simd;

TEST_CASE("the best supported instruction set is chosen, and the plain one is always there") {
  CHECK(is_supported(InstructionSet::kGeneric));
  const Loops* best = &loops_for(InstructionSet::kGeneric);
  for (const InstructionSet set : {InstructionSet::kAvx2, InstructionSet::kAvx512}) {
    if (is_supported(set)) {
      CHECK(&loops_for(set) != best);
      best = &loops_for(set);
    } else {
      CHECK_THROWS_AS(loops_for(set), InternalError);
    }
  }
  CHECK(&loops() == best);
}
