// A trained encoder-decoder of another toolkit (OpenNMT) against an independent forward pass: norms
// before the sublayers, sinusoidal positions of another layout, a head of its own with a bias.

#include <ATen/ops/log_softmax.h>
#include <ATen/ops/tensor.h>
#include <c10/core/GradMode.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "models/generation.h"
#include "models/models_test_support.h"
#include "models/stack_decoder.h"
#include "nn/transformer_stack.h"
#include "support/test_support.h"
#include "tensors/named_tensors.h"

namespace finetune::models {
namespace {

using nlohmann::json;

constexpr int64_t kWidth = 32;
constexpr int64_t kPositions = 32;
constexpr double kTolerance = 2e-4;  // twelve layers in fp32, log-probabilities down to -30

nn::TransformerStackOptions options(bool is_decoder, int64_t vocab_size) {
  nn::TransformerStackOptions options;
  options.embeddings.vocab_size = vocab_size;
  options.embeddings.num_positions = kPositions;
  options.embeddings.width = kWidth;
  options.embeddings.word_scale = std::sqrt(static_cast<double>(kWidth));
  options.embeddings.has_norm = false;
  options.block.attention.width = kWidth;
  options.block.attention.num_heads = 8;
  if (is_decoder) options.block.attention.mask = kernels::Mask::kCausal;
  options.block.has_cross_attention = is_decoder;
  options.block.inner_width = 128;
  options.block.activation = kernels::Activation::kRelu;
  options.block.norm_place = nn::NormPlace::kBefore;
  options.block.norm_epsilon = 1e-5;
  options.num_layers = 6;
  options.has_final_norm = true;
  return options;
}

/// Our name of a parameter as theirs: "layer_0.attention.qkv.weight" ->
/// "layer_0/self_attention/...".
std::string theirs(std::string name) {
  static const std::vector<std::pair<std::string, std::string>> spellings = {
      {"cross_attention.q", "attention/linear_0"},
      {"cross_attention.kv", "attention/linear_1"},
      {"cross_output", "attention/linear_2"},
      {"cross_norm", "attention/layer_norm"},
      {"attention.qkv", "self_attention/linear_0"},
      {"attention_output", "self_attention/linear_1"},
      {"attention_norm", "self_attention/layer_norm"},
      {"feed_forward.inner", "ffn/linear_0"},
      {"feed_forward.outer", "ffn/linear_1"},
      {"output_norm", "ffn/layer_norm"},
      {"final_norm", "layer_norm"},
      {"embeddings.words", "embeddings/weight"},
      {".gain", ".gamma"},
      {".shift", ".beta"}};
  for (const auto& [ours, other] : spellings) {
    const size_t at = name.find(ours);
    if (at != std::string::npos) name.replace(at, ours.size(), other);
  }
  for (char& c : name) c = c == '.' ? '/' : c;
  return name;
}

/// Positions are counted from 1, sines before cosines, timescales 10000^(i/15).
at::Tensor position_table() {
  at::Tensor table = at::tensor(std::vector<float>(kPositions * kWidth)).view({kPositions, kWidth});
  for (int64_t n = 0; n < kPositions; ++n) {
    for (int64_t i = 0; i < kWidth / 2; ++i) {
      const double angle =
          static_cast<double>(n + 1) / std::pow(10000.0, static_cast<double>(i) / 15.0);
      table[n][i] = std::sin(angle);
      table[n][kWidth / 2 + i] = std::cos(angle);
    }
  }
  return table;
}

std::shared_ptr<nn::TransformerStack> load_stack(const tensors::NamedTensors& weights,
                                                 const std::string& name) {
  const int64_t vocab_size = weights.at(name + "/embeddings/weight").shape[0];
  nn::DropoutPlaces places;
  auto stack =
      std::make_shared<nn::TransformerStack>(options(name == "decoder", vocab_size), places);
  for (auto& item : stack->named_parameters()) {
    INFO(item.key());
    const bool is_positions = item.key() == "embeddings.positions";
    item.value().copy_(is_positions ? position_table()
                                    : test::to_tensor(weights.at(name + "/" + theirs(item.key()))));
  }
  return stack;
}

std::map<std::string, int64_t> vocabulary(const std::filesystem::path& file) {
  std::map<std::string, int64_t> ids;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);)
    ids.emplace(line, static_cast<int64_t>(ids.size()));
  return ids;
}

TEST_CASE("a trained translator gives the states, log-probabilities and words known of it") {
  const auto folder = test::shared_data("checkpoints-tiny/aren-transliteration");
  if (!folder) return;
  const c10::NoGradGuard no_grad;
  const auto weights = tensors::read_safetensors(*folder / "model.safetensors");
  const auto encoder = load_stack(weights, "encoder");
  const auto decoder = load_stack(weights, "decoder");
  const VocabularyHead head{test::to_tensor(weights.at("decoder/projection/weight")),
                            test::to_tensor(weights.at("decoder/projection/bias"))};
  const auto source_ids = vocabulary(*folder / "source_vocabulary.txt");
  const int64_t start = vocabulary(*folder / "target_vocabulary.txt").at("<s>");
  const json cases = json::parse(test::read_file(*folder / "expected_forward.json"));
  for (const json& expected : cases) {
    std::vector<int64_t> ids;
    for (const std::string token : expected["source"]) ids.push_back(source_ids.at(token));
    const nn::TokenBatch batch = test::make_batch({{ids, {}}});
    const nn::Source source{encoder->forward(batch, {}), batch.sequences};
    CHECK(test::largest_difference(
              source.states.narrow(0, 0, 1),
              test::read_matrix(json::array({expected["encoder_output_row0"]}))) < kTolerance);
    StackDecoder decoding(*decoder, {source, {}});
    at::Tensor state = decoding.prefill(at::tensor({start}, at::kLong), {{0, 1}});
    const std::vector<int64_t> greedy = expected["greedy_ids"];
    for (size_t i = 0; i < greedy.size(); ++i) {
      const at::Tensor log_probabilities = at::log_softmax(logits(head, state), 1);
      CHECK(test::largest_difference(log_probabilities,
                                     test::read_matrix(json::array({expected["log_probs"][i]}))) <
            kTolerance);
      CHECK(log_probabilities.argmax(1).item<int64_t>() == greedy[i]);
      state = decoding.step(std::vector<int64_t>{greedy[i]}, std::vector<int64_t>{0});
    }
  }
}

}  // namespace
}  // namespace finetune::models
