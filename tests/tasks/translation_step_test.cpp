#include <torch/csrc/autograd/autograd.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <nlohmann/json.hpp>

#include "models/load.h"
#include "support/test_support.h"
#include "tasks/text_feed.h"
#include "tasks/text_task.h"
#include "tasks/word_tokenizer.h"

using namespace finetune;
using nlohmann::json;

namespace {

data::Batch batch_of(const json& rows) {
  data::Batch batch;
  batch.offsets = {0};
  batch.label_offsets = {0};
  for (const auto& source : rows.at("sources")) {
    int64_t position = 0;
    for (const int64_t id : source) {
      batch.token_ids.push_back(id);
      batch.positions.push_back(position++);
      batch.segments.push_back(0);
    }
    batch.offsets.push_back(static_cast<int64_t>(batch.token_ids.size()));
    batch.class_ids.push_back(-1);
    batch.example_indices.push_back(static_cast<int64_t>(batch.example_indices.size()));
  }
  for (const auto& target : rows.at("targets")) {
    for (const int64_t id : target) batch.label_ids.push_back(id);
    batch.label_offsets.push_back(static_cast<int64_t>(batch.label_ids.size()));
  }
  return batch;
}

}  // namespace

TEST_CASE("an update over unequal micro-batches has the loss and gradient of transformers") {
  const auto folder = test::fixture("tasks/fixtures/translation_step");
  const json expected = json::parse(test::read_file(folder / "expected.json"));
  models::LoadOptions options;
  options.allow_new_head = false;
  const auto loaded = models::load_seq2seq_model(folder, {}, 0, options);
  const test::WordTokenizer tokenizer;
  tasks::TextTask task(std::make_unique<tasks::Seq2SeqFeed>(*loaded.model), tokenizer,
                       {.label_smoothing = expected.at("smoothing")});
  double sum = 0.0;
  int64_t num_targets = 0;
  for (const json& rows : expected.at("batches")) {
    const tasks::LossSum loss = task.loss(batch_of(rows), nn::Pass{true, 1, 1});
    torch::autograd::backward({loss.sum}, {});
    sum += loss.sum.item<double>();
    num_targets += loss.num_targets;
  }
  CHECK(num_targets == expected.at("num_targets"));
  const double scale = 1.0 / static_cast<double>(num_targets);
  CHECK(sum * scale == Approx(expected.at("loss").get<double>()).epsilon(1e-5));  // fp32 sums
  double squares = 0.0;
  for (const auto& parameter : models::named_parameters(loaded.model->module())) {
    const at::Tensor gradient = parameter.value.grad();
    if (gradient.defined()) squares += gradient.to(at::kDouble).square().sum().item<double>();
  }
  CHECK(std::sqrt(squares) * scale ==
        Approx(expected.at("gradient_norm").get<double>()).epsilon(1e-4));
}
