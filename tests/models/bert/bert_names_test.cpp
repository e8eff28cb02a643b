#include "models/bert/bert_names.h"

#include <catch2/catch.hpp>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "models/models_test_support.h"
#include "models/registry.h"
#include "tensors/named_tensors.h"

namespace finetune::models {
namespace {

using nlohmann::json;

HeadOptions three_labels() {
  HeadOptions head;
  head.num_labels = 3;
  return head;
}

TEST_CASE("the table's names are exactly the tensors that transformers saves") {
  std::set<std::string> theirs;
  for (const NameRow& row : bert_names(read_bert_config(test::tiny_config(), {})).rows) {
    CHECK(theirs.insert(row.theirs).second);
  }
  std::set<std::string> saved;
  for (const auto& [name, view] :
       tensors::read_safetensors(test::tiny_bert() / "model.safetensors")) {
    saved.insert(name);
  }
  CHECK(theirs == saved);
}

TEST_CASE("every parameter of the model is covered by the table, block by block") {
  const auto model = construct_sequence_classifier(test::tiny_config(), three_labels());
  std::map<std::string, std::set<int64_t>> blocks;
  std::map<std::string, int64_t> counts;
  for (const NameRow& row : model->names().rows) {
    CHECK(blocks[row.ours].insert(row.slice_index).second);
    counts[row.ours] = row.slice_count;
  }
  const auto parameters = named_parameters(model->module());
  CHECK(parameters.size() == blocks.size());
  for (const NamedParameter& parameter : parameters) {
    INFO(parameter.name);
    CHECK(static_cast<int64_t>(blocks[parameter.name].size()) == counts[parameter.name]);
  }
}

TEST_CASE("weight decay applies to the tensors that Hugging Face's Trainer decays") {
  const auto model = construct_sequence_classifier(test::tiny_config(), three_labels());
  std::map<std::string, bool> is_decayed;
  for (const NamedParameter& parameter : named_parameters(model->module())) {
    is_decayed[parameter.name] = parameter.is_decayed;
  }
  std::set<std::string> decayed;
  for (const NameRow& row : model->names().rows) {
    if (is_decayed.at(row.ours)) decayed.insert(row.theirs);
  }
  CHECK(decayed == test::tiny_expected()["decayed"].get<std::set<std::string>>());
}

TEST_CASE("BERT-base has the tensors and decay groups that the Trainer reports for it") {
  json config = test::tiny_config();  // twelve layers of any width have the names of BERT-base
  config["num_hidden_layers"] = 12;
  const auto model = construct_sequence_classifier(config, three_labels());
  std::map<std::string, bool> is_decayed;
  for (const NamedParameter& parameter : named_parameters(model->module())) {
    is_decayed[parameter.name] = parameter.is_decayed;
  }
  const std::vector<NameRow> rows = model->names().rows;
  CHECK(rows.size() == 201);
  CHECK(std::count_if(rows.begin(), rows.end(),
                      [&](const NameRow& row) { return is_decayed.at(row.ours); }) == 77);
}

TEST_CASE("only pooler and classifier are the head") {
  for (const NameRow& row : bert_names(read_bert_config(test::tiny_config(), {})).rows) {
    INFO(row.theirs);
    CHECK(row.is_head ==
          (row.theirs.starts_with("bert.pooler.") || row.theirs.starts_with("classifier.")));
  }
}

}  // namespace
}  // namespace finetune::models
