#include "train/update_group.h"

#include <catch2/catch.hpp>
#include <numeric>

namespace finetune::train {
namespace {

TEST_CASE("sums are divided by the targets, and without any by one") {
  UpdateGroup group;
  group.loss_sum = 6.0;
  CHECK(group.mean_loss() == 6.0);
  CHECK(group.scale() == 1.0);
  group.num_targets = 4;
  CHECK(group.mean_loss() == 1.5);
  CHECK(group.scale() == 0.25);
}

TEST_CASE("a message shows twenty rows at most") {
  UpdateGroup group;
  CHECK(group.rows_text().empty());
  group.rows = {7, 3};
  CHECK(group.rows_text() == "7, 3");
  group.rows.resize(20);
  std::iota(group.rows.begin(), group.rows.end(), 1);
  CHECK(group.rows_text().ends_with("19, 20"));
  group.rows.push_back(21);
  CHECK(group.rows_text().ends_with("19, 20, ..."));
}

}  // namespace
}  // namespace finetune::train
