#include "models/name_rows.h"

#include <catch2/catch.hpp>

namespace finetune::models {
namespace {

TEST_CASE("a layer's rows carry weight and bias, a norm's gain and shift") {
  std::vector<NameRow> rows;
  add_linear(rows, "a", "b", kHead);
  add_norm(rows, "c", "d");
  add_tensor(rows, "e", "f");
  REQUIRE(rows.size() == 5);
  CHECK((rows[0].ours == "a.weight" && rows[0].theirs == "b.weight" && rows[0].is_head));
  CHECK((rows[1].ours == "a.bias" && rows[1].theirs == "b.bias" && rows[1].is_head));
  CHECK((rows[2].ours == "c.gain" && rows[2].theirs == "d.weight" && !rows[2].is_head));
  CHECK((rows[3].ours == "c.shift" && rows[3].theirs == "d.bias"));
  CHECK((rows[4].ours == "e" && rows[4].theirs == "f"));
}

TEST_CASE("layers of theirs are blocks of one of ours, in order") {
  std::vector<NameRow> rows;
  add_fused_linear(rows, "qkv", {"q", "k", "v"});
  REQUIRE(rows.size() == 6);
  for (size_t i = 0; i < rows.size(); ++i) {
    CHECK(rows[i].ours == (i % 2 == 0 ? "qkv.weight" : "qkv.bias"));
    CHECK(rows[i].slice_index == static_cast<int64_t>(i / 2));
    CHECK(rows[i].slice_count == 3);
  }
  CHECK(rows[2].theirs == "k.weight");
}

TEST_CASE("usual fresh values: gains one, biases and shifts zero, the rest random") {
  std::vector<NameRow> rows;
  add_linear(rows, "a", "b");
  add_norm(rows, "c", "d");
  set_usual_fresh_values(rows, 0.5);
  CHECK(rows[0].fresh_deviation == 0.5);
  CHECK((rows[1].fresh_mean == 0.0 && rows[1].fresh_deviation == 0.0));
  CHECK((rows[2].fresh_mean == 1.0 && rows[2].fresh_deviation == 0.0));
  CHECK((rows[3].fresh_mean == 0.0 && rows[3].fresh_deviation == 0.0));
}

}  // namespace
}  // namespace finetune::models
