#include "models/distilbert/distilbert.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "models/models_test_support.h"
#include "models/parity/parity.h"
#include "support/test_support.h"
#include "tensors/named_tensors.h"

namespace finetune::models {
namespace {

using nlohmann::json;

json tiny() {
  return json::parse(test::read_file(test::fixture_folder("distilbert") / "config.json"));
}

EncoderConfig read(const json& source, const HeadOptions& head = {}) {
  return read_encoder_config(distilbert_family().config, source, head);
}

std::string error_with(const std::string& key, const json& value) {
  json config = tiny();
  config[key] = value;
  return test::error_of<CheckpointError>([&] { read(config); });
}

TEST_CASE("absent keys make DistilBERT-base, as for Hugging Face") {
  const EncoderConfig config = read(json::object());
  CHECK(config.num_hidden_layers == 6);
  CHECK(config.hidden_size == 768);
  CHECK(config.classifier_dropout == 0.2);
  CHECK(count_parameters(config) == 66955010.0);  // distilbert-base-uncased, two labels
}

TEST_CASE("the head's dropout is its own, whatever the others are") {
  json config = tiny();
  config["dropout"] = 0.4;
  CHECK(read(config).classifier_dropout == 0.2);
  config["seq_classif_dropout"] = 0.3;
  CHECK(read(config).classifier_dropout == 0.3);
  HeadOptions head;
  head.classifier_dropout = 0.0;
  CHECK(read(config, head).classifier_dropout == 0.0);
}

TEST_CASE("DistilBERT reads no segments") {
  const auto model = make_distilbert_classifier(tiny(), {});
  CHECK(model->num_segments() == 0);
  for (const NameRow& row : model->names().rows) {
    CHECK(row.theirs.find("token_type") == std::string::npos);
  }
}

TEST_CASE("values of DistilBERT's own keys that make no model are refused by their names") {
  CHECK_THAT(error_with("n_heads", 5),
             Catch::Contains("'dim' 12 is not a multiple of 'n_heads' 5"));
  for (const char* key : {"dim", "n_layers", "n_heads", "hidden_dim"}) {
    CHECK_THAT(error_with(key, 0), Catch::Contains(std::string("'") + key + "' is"));
  }
  CHECK_THAT(error_with("activation", "mish"), Catch::Contains("'activation' is"));
  CHECK_THAT(error_with("sinusoidal_pos_embds", "yes"), Catch::Contains("'sinusoidal_pos_embds'"));
  CHECK_THAT(error_with("seq_classif_dropout", 1.0), Catch::Contains("'seq_classif_dropout'"));
}

TEST_CASE("sinusoidal positions start as transformers' and are loaded like any other table") {
  json config = tiny();
  config["sinusoidal_pos_embds"] = true;
  const auto fresh = build_sequence_classifier(config, {}, 1);
  const at::Tensor table = test::to_tensor(
      export_weights(*fresh).at("distilbert.embeddings.position_embeddings.weight"));
  // create_sinusoidal_embeddings(24, 12): rows 0 and 7, computed by transformers 4.57.6.
  const std::vector<float> seventh = {0.65698659F, 0.75390226F, 0.99803549F, 0.06265099F,
                                      0.31922466F, 0.94767904F, 0.06994285F, 0.99755102F,
                                      0.01508047F, 0.99988627F, 0.00324911F, 0.9999947F};
  for (int64_t i = 0; i < 12; ++i) {
    CHECK(table[0][i].item<float>() == (i % 2 == 0 ? 0.0F : 1.0F));
    CHECK(std::abs(table[7][i].item<float>() - seventh[static_cast<size_t>(i)]) < 1e-6F);
  }
  const auto weights =
      tensors::read_safetensors(test::fixture_folder("distilbert") / "model.safetensors");
  HeadOptions head;
  head.num_labels = 3;
  const auto loaded = build_sequence_classifier(config, head, 1);
  CHECK(load_weights(*loaded, weights, {}).initialized.empty());
}

}  // namespace
}  // namespace finetune::models
