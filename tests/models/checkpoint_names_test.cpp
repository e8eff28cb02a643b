#include "models/checkpoint_names.h"

#include <catch2/catch.hpp>

namespace finetune::models {
namespace {

NameTable small_table() {
  NameTable table;
  for (const char* theirs :
       {"bert.embeddings.LayerNorm.weight", "bert.pooler.dense.weight", "classifier.weight"}) {
    table.rows.emplace_back().theirs = theirs;
  }
  table.prefix = "bert.";
  table.old_endings = {{"LayerNorm.gamma", "LayerNorm.weight"}};
  table.unused_endings = {"position_ids"};
  return table;
}

tensors::NamedTensors named(const std::vector<std::string>& names) {
  tensors::NamedTensors weights;
  for (const std::string& name : names) weights[name].file = name;
  return weights;
}

TEST_CASE("names of a file as it is saved today are found") {
  const auto weights = named({"bert.embeddings.LayerNorm.weight", "classifier.weight"});
  const CheckpointNames names = match_names(small_table(), weights);
  REQUIRE(names.found.size() == 2);
  CHECK(names.found.at("classifier.weight")->file == "classifier.weight");
  CHECK(names.ignored.empty());
  CHECK(names.unexpected.empty());
}

TEST_CASE("a bare encoder's names are found without the prefix") {
  const auto weights = named({"embeddings.LayerNorm.weight", "pooler.dense.weight"});
  const CheckpointNames names = match_names(small_table(), weights);
  CHECK(names.found.contains("bert.embeddings.LayerNorm.weight"));
  CHECK(names.found.contains("bert.pooler.dense.weight"));
}

TEST_CASE("old endings are read as today's") {
  const auto weights = named({"bert.embeddings.LayerNorm.gamma"});
  const CheckpointNames names = match_names(small_table(), weights);
  CHECK(names.found.contains("bert.embeddings.LayerNorm.weight"));
}

TEST_CASE("buffers and heads of other tasks are ignored by name") {
  const auto weights = named({"bert.embeddings.position_ids", "cls.predictions.bias"});
  const CheckpointNames names = match_names(small_table(), weights);
  CHECK(names.ignored ==
        std::vector<std::string>{"bert.embeddings.position_ids", "cls.predictions.bias"});
  CHECK(names.found.empty());
  CHECK(match_names(small_table(), named({"embeddings.position_ids"})).ignored.size() == 1);
}

TEST_CASE("an unknown tensor inside the pretrained part is unexpected, with or without prefix") {
  for (const char* name : {"bert.encoder.layer.7.x", "pooler.other"}) {
    const auto weights = named({name});
    const CheckpointNames names = match_names(small_table(), weights);
    CHECK(names.unexpected.size() == 1);
    CHECK(names.ignored.empty());
  }
}

TEST_CASE("two tensors for one parameter are ambiguous") {
  const auto weights =
      named({"bert.embeddings.LayerNorm.gamma", "bert.embeddings.LayerNorm.weight"});
  CHECK(match_names(small_table(), weights).ambiguous.size() == 1);
}

}  // namespace
}  // namespace finetune::models
