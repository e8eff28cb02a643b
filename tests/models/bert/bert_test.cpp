#include "models/bert/bert.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "models/load.h"
#include "models/models_test_support.h"

namespace finetune::models {
namespace {

TEST_CASE("a BERT classifier has BERT's names, and segments of two sentences") {
  const auto model = make_bert_classifier(test::tiny_config(), {});
  CHECK(model->names().prefix == "bert.");
  CHECK(model->num_segments() == 2);
  CHECK(model->max_length() == 24);
  CHECK(model->config()["architectures"] == nlohmann::json{"BertForSequenceClassification"});
}

TEST_CASE("absent keys make BERT-base, as for Hugging Face") {
  CHECK(count_parameters(read_encoder_config(bert_family().config, nlohmann::json::object(), {})) ==
        109483778.0);
}

}  // namespace
}  // namespace finetune::models
