#include <ATen/core/Tensor.h>

#include <bit>
#include <catch2/catch.hpp>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "models/model.h"
#include "models/models_test_support.h"
#include "tensors/named_tensors.h"

namespace finetune::models {
namespace {

using nlohmann::json;
using tensors::DType;
using tensors::NamedTensors;
using tensors::TensorView;

constexpr const char* kQuery = "bert.encoder.layer.0.attention.self.query.weight";

NamedTensors tiny_weights() {
  return tensors::read_safetensors(test::tiny_bert() / "model.safetensors");
}

std::unique_ptr<SequenceClassifier> fresh_model(int64_t num_labels = 3) {
  HeadOptions head;
  head.num_labels = num_labels;
  return build_sequence_classifier(test::tiny_config(), head, 1);
}

/// A tensor of its own bytes.
template <class T>
TensorView make_view(DType dtype, std::vector<int64_t> shape, const std::vector<T>& values) {
  auto bytes = std::make_shared<std::vector<T>>(values);
  TensorView view;
  view.dtype = dtype;
  view.shape = std::move(shape);
  view.bytes = std::as_bytes(std::span<const T>(*bytes));
  view.owner = bytes;
  return view;
}

std::vector<float> values_of(const TensorView& view) {
  const auto* data = reinterpret_cast<const float*>(view.bytes.data());
  return {data, data + view.num_elements()};
}

std::string error_of(const NamedTensors& weights, const LoadOptions& options = {}) {
  const auto model = fresh_model();
  return test::error_of<CheckpointError>([&] { load_weights(*model, weights, options); });
}

std::map<std::string, std::string> bytes_of(const NamedTensors& weights) {
  std::map<std::string, std::string> bytes;
  for (const auto& [name, view] : weights) {
    bytes[name] = {reinterpret_cast<const char*>(view.bytes.data()), view.bytes.size()};
  }
  return bytes;
}

TEST_CASE("what was loaded is exported bit for bit, name for name") {
  const auto model = fresh_model();
  const LoadReport report = load_weights(*model, tiny_weights(), {});
  CHECK(report.initialized.empty());
  CHECK(report.ignored.empty());
  const NamedTensors exported = export_weights(*model);
  CHECK(bytes_of(exported) == bytes_of(tiny_weights()));
  for (const auto& [name, view] : exported) CHECK(view.shape == tiny_weights().at(name).shape);
}

TEST_CASE("an export does not change when the model trains on") {
  const auto model = fresh_model();
  const NamedTensors exported = export_weights(*model);
  const auto before = bytes_of(exported);
  for (auto& parameter : named_parameters(model->module())) parameter.value.detach().add_(1.0);
  CHECK(bytes_of(exported) == before);
}

TEST_CASE("missing, misshaped, unexpected and non-finite tensors are reported together") {
  NamedTensors weights = tiny_weights();
  weights.erase("bert.embeddings.LayerNorm.bias");
  weights.erase("bert.encoder.layer.1.output.dense.weight");
  weights["bert.embeddings.word_embeddings.weight"] =
      make_view<float>(DType::kF32, {2, 32}, std::vector<float>(64));
  weights["bert.encoder.layer.2.output.dense.bias"] =
      make_view<float>(DType::kF32, {32}, std::vector<float>(32));
  std::vector<float> values = values_of(weights.at(kQuery));
  values[7] = std::nanf("");
  weights[kQuery] = make_view<float>(DType::kF32, {32, 32}, values);
  const std::string error = error_of(weights);
  CHECK_THAT(error, Catch::Contains("missing (2): bert.embeddings.LayerNorm.bias, "
                                    "bert.encoder.layer.1.output.dense.weight"));
  CHECK_THAT(error, Catch::Contains("bert.embeddings.word_embeddings.weight: [2, 32] in the file, "
                                    "[60, 32] in the model"));
  CHECK_THAT(error, Catch::Contains("(1; --allow-unused leaves them out): "
                                    "'bert.encoder.layer.2.output.dense.bias'"));
  CHECK_THAT(error, Catch::Contains("accepts them): " + std::string(kQuery)));
}

TEST_CASE("a checkpoint without head leaves the head as it was and names it") {
  NamedTensors weights = tiny_weights();
  for (const char* name : {"classifier.weight", "classifier.bias", "bert.pooler.dense.weight",
                           "bert.pooler.dense.bias"}) {
    weights.erase(name);
  }
  const auto model = fresh_model();
  const auto before = bytes_of(export_weights(*model));
  const LoadReport report = load_weights(*model, weights, {});
  CHECK(report.initialized == std::vector<std::string>{"bert.pooler.dense.weight",
                                                       "bert.pooler.dense.bias",
                                                       "classifier.weight", "classifier.bias"});
  const auto after = bytes_of(export_weights(*model));
  CHECK(after.at("classifier.weight") == before.at("classifier.weight"));
  CHECK(after.at(kQuery) == bytes_of(weights).at(kQuery));

  LoadOptions own;
  own.allow_new_head = false;
  CHECK_THAT(error_of(weights, own), Catch::Contains("missing (4): bert.pooler.dense.weight"));
}

TEST_CASE("a head for another number of labels is replaced, a run's own is not") {
  const auto model = fresh_model(5);
  const LoadReport report = load_weights(*model, tiny_weights(), {});
  CHECK(report.initialized == std::vector<std::string>{"classifier.weight", "classifier.bias"});
  LoadOptions own;
  own.allow_new_head = false;
  CHECK_THAT(test::error_of<CheckpointError>([&] { load_weights(*model, tiny_weights(), own); }),
             Catch::Contains("classifier.weight: [3, 32] in the file, [5, 32] in the model"));
  NamedTensors weights = tiny_weights();
  weights["classifier.weight"] = make_view<float>(DType::kF32, {3, 31}, std::vector<float>(93));
  CHECK_THAT(error_of(weights), Catch::Contains("classifier.weight: [3, 31]"));
}

TEST_CASE("infinities are refused unless they are allowed") {
  NamedTensors weights = tiny_weights();
  weights["classifier.bias"] = make_view<float>(DType::kF32, {3}, {0.0F, -INFINITY, 1.0F});
  CHECK_THAT(
      error_of(weights),
      Catch::Contains("NaN or infinity (1; --allow-nonfinite accepts them): classifier.bias"));
  LoadOptions options;
  options.allow_nonfinite = true;
  CHECK(error_of(weights, options).empty());
}

TEST_CASE("tensors of no use are refused unless they are to be left out") {
  NamedTensors weights = tiny_weights();
  const std::string name = "bert.encoder.layer.2.output.dense.bias";
  weights[name] = make_view<float>(DType::kF32, {1}, {1.0F});
  CHECK_THAT(error_of(weights), Catch::Contains("--allow-unused leaves them out): '" + name));
  LoadOptions options;
  options.allow_unused = true;
  const auto model = fresh_model();
  const LoadReport report = load_weights(*model, weights, options);
  const auto named = [&](const std::string& ignored) { return ignored.find(name) != ignored.npos; };
  CHECK(std::ranges::any_of(report.ignored, named));
}

TEST_CASE("half, bfloat16 and double tensors are converted to fp32") {
  NamedTensors weights = tiny_weights();
  const std::vector<uint16_t> half = {0x3C00, 0xC000, 0x3555};   // 1, -2, 0.333251953125
  const std::vector<uint16_t> brain = {0x3F80, 0xC000, 0x3EAB};  // 1, -2, 0.333984375
  const std::vector<std::pair<TensorView, std::vector<float>>> cases = {
      {make_view(DType::kF16, {3}, half), {1.0F, -2.0F, 0.333251953125F}},
      {make_view(DType::kBF16, {3}, brain), {1.0F, -2.0F, 0.333984375F}},
      {make_view<double>(DType::kF64, {3}, {1.0, -2.0, 0.1}), {1.0F, -2.0F, 0.1F}}};
  for (const auto& [view, expected] : cases) {
    weights["classifier.bias"] = view;
    const auto model = fresh_model();
    load_weights(*model, weights, {});
    CHECK(values_of(export_weights(*model).at("classifier.bias")) == expected);
  }
  weights["classifier.bias"] = make_view<double>(DType::kF64, {3}, {1.0, 1e300, 0.0});
  CHECK_THAT(error_of(weights), Catch::Contains("NaN or infinity (1"));
  weights["classifier.bias"] = make_view<int64_t>(DType::kI64, {3}, {1, 2, 3});
  CHECK_THAT(error_of(weights), Catch::Contains("classifier.bias: element type I64"));
}

TEST_CASE("tensors with strides are read by them") {
  NamedTensors weights = tiny_weights();
  TensorView view = weights.at(kQuery);
  const std::vector<float> values = values_of(view);
  view.strides = {1, 32};  // the transpose, as a .bin file may hold it
  weights[kQuery] = view;
  const auto model = fresh_model();
  load_weights(*model, weights, {});
  const std::vector<float> loaded = values_of(export_weights(*model).at(kQuery));
  CHECK(loaded[1] == values[32]);
  CHECK(loaded[32 * 3 + 5] == values[32 * 5 + 3]);
}

TEST_CASE("names of bare encoders, old endings, buffers and other heads are understood") {
  NamedTensors weights;
  for (const auto& [name, view] : tiny_weights()) {
    if (!name.starts_with("bert.")) continue;
    std::string old = name.substr(5);
    const size_t norm = old.find("LayerNorm.");
    if (norm != std::string::npos) {
      old = old.substr(0, norm) + (old.ends_with("weight") ? "LayerNorm.gamma" : "LayerNorm.beta");
    }
    weights[old] = view;
  }
  weights["embeddings.position_ids"] = make_view<int64_t>(DType::kI64, {1, 1}, {0});
  weights["cls.predictions.bias"] = make_view<float>(DType::kF32, {1}, {0});
  const auto model = fresh_model();
  const LoadReport report = load_weights(*model, weights, {});
  CHECK(report.initialized == std::vector<std::string>{"classifier.weight", "classifier.bias"});
  CHECK(report.ignored ==
        std::vector<std::string>{"cls.predictions.bias", "embeddings.position_ids"});
  auto exported = bytes_of(export_weights(*model));
  auto expected = bytes_of(tiny_weights());
  for (const char* name : {"classifier.weight", "classifier.bias"}) {
    exported.erase(name);
    expected.erase(name);
  }
  CHECK(exported == expected);
}

TEST_CASE("an empty checkpoint misses everything but the head") {
  CHECK_THAT(error_of({}), Catch::Contains("missing (37)"));
}

}  // namespace
}  // namespace finetune::models
