#include "models/name_table.h"

#include <catch2/catch.hpp>

namespace finetune::models {
namespace {

TEST_CASE("rows with a layer number are repeated for every layer, others stand once") {
  NameRow table;
  table.ours = "words";
  table.theirs = "word_embeddings.weight";
  NameRow layer;
  layer.ours = "layer_{}.qkv";
  layer.theirs = "layer.{}.key";
  layer.slice_index = 1;
  layer.slice_count = 3;
  const std::vector<NameRow> rows = expand_layers(std::vector<NameRow>{table, layer}, 12);
  REQUIRE(rows.size() == 13);
  CHECK(rows[0].theirs == "word_embeddings.weight");
  CHECK(rows[1].ours == "layer_0.qkv");
  CHECK(rows[12].ours == "layer_11.qkv");
  CHECK(rows[12].theirs == "layer.11.key");
  CHECK(rows[12].slice_index == 1);
  CHECK(rows[12].slice_count == 3);
}

}  // namespace
}  // namespace finetune::models
