#include "metrics/mean.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

using finetune::metrics::Mean;

TEST_CASE("a mean weighs every target the same, however batches are cut") {
  Mean mean;
  CHECK_FALSE(mean.value());
  mean.add(20.0, 10);  // 10 targets at 2.0
  Mean other;
  other.add(30.0, 30);  // 30 at 1.0
  mean.merge(other);
  CHECK(mean.value() == 1.25);
  mean.add(0.0, 0);
  CHECK(mean.value() == 1.25);
}

TEST_CASE("a sum that is not finite is not hidden") {
  Mean mean;
  mean.add(std::numeric_limits<double>::quiet_NaN(), 1);
  mean.add(1.0, 1);
  CHECK(std::isnan(mean.value().value()));
}

TEST_CASE("perplexity is exp of the mean, and says so when that is too large") {
  Mean loss;
  CHECK_FALSE(finetune::metrics::perplexity(loss));
  loss.add(std::log(8.0) * 4, 4);
  CHECK(finetune::metrics::perplexity(loss).value() == Approx(8.0));
  loss.add(1e6, 1);
  CHECK(std::isinf(finetune::metrics::perplexity(loss).value()));
}
