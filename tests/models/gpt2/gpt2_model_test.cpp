#include "models/gpt2/gpt2_model.h"

#include <ATen/ops/tensor.h>
#include <c10/core/GradMode.h>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/json.h"
#include "kernels/ops.h"
#include "models/load.h"
#include "models/models_test_support.h"
#include "models/parity/parity.h"
#include "support/test_support.h"

namespace finetune::models {
namespace {

using nlohmann::json;

TEST_CASE("a file made elsewhere gives the logits and losses of an independent forward pass") {
  const auto folder = test::shared_data("checkpoints-made/gpt2");
  if (!folder) return;
  const c10::NoGradGuard no_grad;
  const auto loaded = load_language_model(*folder, {}, 1, {});
  CHECK(loaded.report.initialized.empty());
  const json expected = json::parse(test::read_file(*folder / "expected_forward.json"));
  for (const json& one : expected["cases"]) {
    const std::vector<int64_t> ids = one["input_ids"];
    const nn::TokenBatch batch = test::make_batch({{ids, {}}});
    const at::Tensor hidden = loaded.model->hidden(batch, {}, {});
    CHECK(test::largest_difference(logits(loaded.model->head(), hidden),
                                   test::read_matrix(one["logits"])) < 1e-5);
    const auto count = static_cast<int64_t>(ids.size()) - 1;
    const at::Tensor loss = kernels::head_cross_entropy_sum(hidden.narrow(0, 0, count),
                                                            {loaded.model->head().weight, {}, 0.0},
                                                            batch.token_ids.narrow(0, 1, count)) /
                            count;
    CHECK(loss.item<double>() ==
          Approx(one["loss_labels_equal_inputs"].get<double>()).margin(1e-5));

    std::vector<int64_t> greedy;
    const auto decoder = loaded.model->start_decoding();
    at::Tensor state = decoder->prefill(batch.token_ids, batch.sequences);
    for (size_t i = 0; i < 8; ++i) {
      greedy.push_back(logits(loaded.model->head(), state).argmax(1).item<int64_t>());
      state = decoder->step(std::vector<int64_t>{greedy.back()}, std::vector<int64_t>{0});
    }
    CHECK(greedy == one["greedy_8_more"].get<std::vector<int64_t>>());
  }
}

TEST_CASE("only the rows asked for come back from a language model") {
  const c10::NoGradGuard no_grad;
  const auto model = load_language_model(test::fixture_folder("gpt2"), {}, 1, {}).model;
  const nn::TokenBatch batch = test::make_batch({{{5, 6, 7}, {}}, {{8, 9}, {}}});
  const at::Tensor rows = at::tensor({1, 4}, at::kLong);
  CHECK(test::largest_difference(model->hidden(batch, {}, rows),
                                 model->hidden(batch, {}, {}).index_select(0, rows)) < 1e-6);
}

TEST_CASE("a classifier reads the last token that is not padding") {
  const c10::NoGradGuard no_grad;
  HeadOptions head;
  head.num_labels = 3;
  const auto model =
      load_sequence_classifier(test::fixture_folder("gpt2_classifier"), head, 1, {}).model;
  const auto logits = [&](const std::vector<int64_t>& ids) {
    return model->logits(test::make_batch({{ids, {}}}), {});
  };
  CHECK(logits({7, 8, 0, 0}).equal(logits({7, 8, 0})));  // pad_token_id 0
  CHECK(test::largest_difference(logits({7, 8, 0, 0}), logits({7, 8})) < 1e-6);
  CHECK(test::largest_difference(logits({0, 0}), logits({0})) < 1e-6);
  CHECK_FALSE(logits({7, 0, 8}).equal(logits({7, 8})));
}

TEST_CASE("a classifier without a padding token reads the last token, whichever it is") {
  const c10::NoGradGuard no_grad;
  const test::TemporaryFolder folder;
  const std::filesystem::path copy = folder.path() / "model";
  std::filesystem::copy(test::fixture_folder("gpt2_classifier"), copy);
  json config = base::read_json_file(copy / "config.json");
  REQUIRE(config.erase("pad_token_id") == 1);
  test::write_file(copy / "config.json", config.dump());
  HeadOptions head;
  head.num_labels = 3;
  const auto with = load_sequence_classifier(test::fixture_folder("gpt2_classifier"), head, 1, {});
  const auto without = load_sequence_classifier(copy, head, 1, {});
  const auto is_equal = [&](const std::vector<int64_t>& ids) {
    const nn::TokenBatch batch = test::make_batch({{ids, {}}});
    return without.model->logits(batch, {}).equal(with.model->logits(batch, {}));
  };
  CHECK(is_equal({7, 8}));
  CHECK_FALSE(is_equal({7, 8, 0}));
}

TEST_CASE("a dropout before the head is refused: GPT-2 has none") {
  HeadOptions head;
  head.classifier_dropout = 0.1;
  CHECK_THROWS_AS(make_gpt2_classifier({{"model_type", "gpt2"}}, head), ConfigError);
}

TEST_CASE("a GPT-2 drops in training only, as seed and step say") {
  GeneratorOptions options;
  options.dropout = 0.3;
  const auto model = load_language_model(test::fixture_folder("gpt2"), options, 1, {}).model;
  const auto run = [&](const nn::Pass& pass) {
    return model->hidden(test::make_batch({{{5, 6, 7}, {}}}), pass, {});
  };
  CHECK(run({false, 1, 1}).equal(run({})));
  CHECK(run({true, 1, 1}).equal(run({true, 1, 1})));
  CHECK_FALSE(run({true, 1, 1}).equal(run({true, 1, 2})));
  CHECK_FALSE(run({true, 1, 1}).equal(run({})));
}

}  // namespace
}  // namespace finetune::models
