#include "models/bart/bart_names.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "models/load.h"
#include "models/models_test_support.h"
#include "models/parity/parity.h"
#include "models/registry.h"
#include "tensors/named_tensors.h"

namespace finetune::models {
namespace {

using tensors::NamedTensors;

NamedTensors saved(const std::string& name) {
  return tensors::read_safetensors(test::fixture_folder(name) / "model.safetensors");
}

std::unique_ptr<Seq2SeqModel> model_of(const std::string& name) {
  return load_seq2seq_model(test::fixture_folder(name), {}, 1, {}).model;
}

at::Tensor value(Model& model, const std::string& theirs) {
  return test::to_tensor(export_weights(model).at(theirs));
}

TEST_CASE("a file that holds the embeddings under another name, or twice, is read") {
  const auto model = model_of("bart");
  const at::Tensor words = value(*model, "model.shared.weight");
  NamedTensors weights = saved("bart");
  weights["lm_head.weight"] = weights.at("model.shared.weight");
  CHECK(load_weights(*model, weights, {}).ignored == std::vector<std::string>{"lm_head.weight"});
  weights.erase("lm_head.weight");
  weights["model.decoder.embed_tokens.weight"] = weights.at("model.shared.weight");
  weights.erase("model.shared.weight");
  CHECK(load_weights(*model, weights, {}).ignored.empty());
  CHECK(value(*model, "model.shared.weight").equal(words));
}

TEST_CASE("a file of the bare model is read, and without a bias of the logits it is zero") {
  const auto model = construct_seq2seq_model(model_of("bart")->config(), {});
  NamedTensors bare;
  for (const auto& [name, view] : saved("bart")) {
    if (name.starts_with("model.")) bare[name.substr(6)] = view;
  }
  const LoadReport report = load_weights(*model, bare, {});
  CHECK(report.initialized.empty());
  CHECK(value(*model, "final_logits_bias").abs().max().item<float>() == 0.0F);
}

TEST_CASE("positions that old Marian files hold are computed instead") {
  const auto model = model_of("marian");
  NamedTensors weights = saved("marian");
  weights["model.encoder.embed_positions.weight"] = weights.at("model.shared.weight");
  CHECK(load_weights(*model, weights, {}).ignored.size() == 1);
}

TEST_CASE("a fresh model has Hugging Face's initial values, and a zero row for padding") {
  const auto model = build_seq2seq_model(model_of("marian")->config(), {}, 5);  // init_std 0.3
  const at::Tensor words = value(*model, "model.shared.weight");
  CHECK(words[3].abs().max().item<float>() == 0.0F);
  CHECK(words.std().item<double>() == Approx(0.3).margin(0.03));
  CHECK(value(*model, "model.encoder.layers.0.fc1.bias").abs().max().item<float>() == 0.0F);
  CHECK(value(*model, "final_logits_bias").abs().max().item<float>() == 0.0F);
  CHECK(
      value(*model, "model.decoder.layers.1.encoder_attn_layer_norm.weight").min().item<float>() ==
      1.0F);
}

}  // namespace
}  // namespace finetune::models
