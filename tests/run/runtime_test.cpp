#include "run/runtime.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/ops/full.h>
#include <ATen/ops/mul.h>

#include <catch2/catch.hpp>

#include "base/parallel.h"

using namespace finetune;

TEST_CASE("threads are those asked for, else the processors at hand; it may be said again") {
  CHECK(run::configure_runtime(3) == 3);
  CHECK(at::get_num_threads() == 3);
  CHECK(run::configure_runtime(std::nullopt) == base::available_processors());
  CHECK(at::get_num_threads() == base::available_processors());
  CHECK(at::get_num_interop_threads() == 1);
  CHECK(run::configure_runtime(1) == 1);
}

TEST_CASE("numbers too small for full precision count as zero") {
  run::configure_runtime(1);
  const at::Tensor tiny = at::mul(at::full({16}, 1e-30F), 1e-10F);
  CHECK(tiny.max().item<float>() == 0.0F);
}
