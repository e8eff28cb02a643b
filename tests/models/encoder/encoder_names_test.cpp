#include "models/encoder/encoder_names.h"

#include <catch2/catch.hpp>
#include <map>
#include <nlohmann/json.hpp>

#include "models/models_test_support.h"
#include "models/registry.h"

namespace finetune::models {
namespace {

using nlohmann::json;

HeadOptions three_labels() {
  HeadOptions head;
  head.num_labels = 3;
  return head;
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
  const auto model = construct_sequence_classifier(test::tiny_config(), three_labels());
  for (const NameRow& row : model->names().rows) {
    INFO(row.theirs);
    CHECK(row.is_head ==
          (row.theirs.starts_with("bert.pooler.") || row.theirs.starts_with("classifier.")));
  }
}

}  // namespace
}  // namespace finetune::models
