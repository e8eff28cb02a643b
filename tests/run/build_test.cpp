#include "run/build.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "run/tiny_run.h"

using namespace finetune;
using namespace finetune::run;
using Catch::Matchers::Contains;
using test::TinyRun;
using Unit = train::Interval::Unit;

namespace {

data::LabelMap labels_of(int64_t count) {
  std::vector<std::string> names;
  for (int64_t i = 0; i < count; ++i) names.push_back(std::to_string(i));
  return data::LabelMap(names);
}

}  // namespace

TEST_CASE("every unit of an interval reaches the trainer") {
  using config::Duration;
  CHECK(build_interval({500, config::Unit::kSteps}).unit == Unit::kSteps);
  CHECK(build_interval({0.25, config::Unit::kEpochs}).unit == Unit::kEpochs);
  CHECK(build_interval({1e6, config::Unit::kTokens}).unit == Unit::kTokens);
  const train::Interval time = build_interval({20, config::Unit::kMinutes});
  CHECK(time.unit == Unit::kSeconds);
  CHECK(time.value == 1200.0);
  CHECK(build_interval({2, config::Unit::kHours}).value == 7200.0);
  CHECK(build_interval({0.25, config::Unit::kEpochs}).value == 0.25);
}

TEST_CASE("what the config says of training reaches the trainer") {
  const TinyRun tiny;
  const train::TrainerOptions options = build_trainer_options(tiny.config(R"({
      "seed": 9, "data": {"group_by_length": false},
      "training": {"num_train_epochs": 2.5, "max_steps": 40, "max_time": "2 minutes",
                   "batch_size": 4, "gradient_accumulation_steps": 3, "nonfinite": "skip"},
      "optimizer": {"learning_rate": 3e-4}, "schedule": {"type": "constant"},
      "evaluation": {"every": "0.5 epochs", "batch_size": 16, "metric": "macro_f1"},
      "early_stopping": {"patience": 4, "threshold": 0.01, "metric": "loss"},
      "checkpoints": {"every": "7 steps", "keep_best": false}, "logging": {"every": "1e4 tokens"}
      })"));
  CHECK(options.seed == 9);
  CHECK(options.sampler.seed == 9);
  CHECK(options.sampler.batch_size == 4);
  CHECK(options.sampler.batch_tokens == 0);
  CHECK(options.sampler.gradient_accumulation_steps == 3);
  CHECK(options.sampler.shuffle);
  CHECK_FALSE(options.sampler.group_by_length);
  CHECK(options.num_train_epochs == 2.5);
  CHECK(options.max_steps == 40);
  CHECK(options.max_seconds == 120.0);
  CHECK(options.learning_rate == 3e-4);
  CHECK(options.schedule.type == optim::ScheduleType::kConstant);
  CHECK(options.skips_nonfinite);
  CHECK(options.evaluate_every.unit == Unit::kEpochs);
  CHECK(options.evaluate_every.value == 0.5);
  CHECK(options.evaluation_batch_size == 16);
  CHECK(options.metric == "macro_f1");
  CHECK(options.is_greater_better);
  CHECK(options.checkpoint_every.value == 7.0);
  CHECK_FALSE(options.keep_best);
  CHECK(options.log_every.unit == Unit::kTokens);
  REQUIRE(options.early_stopping);
  CHECK(options.early_stopping_metric == "loss");
  CHECK(options.early_stopping->patience == 4);
  CHECK(options.early_stopping->threshold == 0.01);
  CHECK_FALSE(options.early_stopping->is_greater_better);
}

TEST_CASE("max_steps alone lifts the limit on epochs, and early stopping watches the metric") {
  const TinyRun tiny;
  const train::TrainerOptions options = build_trainer_options(
      tiny.config(R"({"training": {"num_train_epochs": null, "max_steps": 5, "batch_size": null,
                                   "batch_tokens": 100},
                      "early_stopping": {"patience": 2}})"));
  CHECK(std::isinf(options.num_train_epochs));
  CHECK(options.max_steps == 5);
  CHECK(options.sampler.batch_tokens == 100);
  REQUIRE(options.early_stopping);
  CHECK(options.early_stopping_metric == "accuracy");
  CHECK(options.early_stopping->is_greater_better);
}

TEST_CASE("a warm-up is counted in steps, epochs or as a share") {
  const TinyRun tiny;
  const auto warmup = [&](const std::string& text) {
    return build_trainer_options(tiny.config(R"({"schedule": {"warmup": )" + text + "}}")).warmup;
  };
  using WarmupUnit = train::Warmup::Unit;
  CHECK(warmup("30").unit == WarmupUnit::kSteps);
  CHECK(warmup("30").value == 30.0);
  CHECK(warmup("\"0.5 epochs\"").unit == WarmupUnit::kEpochs);
  CHECK(warmup("\"0.5 epochs\"").value == 0.5);
  CHECK(warmup("\"6 percent\"").unit == WarmupUnit::kFraction);
  CHECK(warmup("\"6 percent\"").value == Approx(0.06));
}

TEST_CASE("optimizer and checkpoint options are those of the config") {
  const TinyRun tiny;
  const RunConfig config = tiny.config(R"({
      "optimizer": {"weight_decay": 0.02, "beta1": 0.8, "beta2": 0.95, "epsilon": 1e-6},
      "regularization": {"l2": 0.003}, "training": {"max_grad_norm": 0.5},
      "checkpoints": {"keep_last": 5, "keep_best": false, "on_save_error": "abort"}})");
  const optim::AdamWOptions optimizer = build_optimizer_options(config);
  CHECK(optimizer.weight_decay == 0.02);
  CHECK(optimizer.beta1 == 0.8);
  CHECK(optimizer.beta2 == 0.95);
  CHECK(optimizer.epsilon == 1e-6);
  CHECK(optimizer.l2 == 0.003);
  CHECK(optimizer.max_grad_norm == 0.5);
  CHECK(build_checkpoint_options(config).keep_last == 5);
  CHECK_FALSE(build_checkpoint_options(config).keep_best);
  CHECK(build_trainer_options(config).max_failed_saves == 1);
  CHECK(build_trainer_options(tiny.config()).max_failed_saves == 3);
}

TEST_CASE("data is read as the config says") {
  const TinyRun tiny;
  const data::ReadOptions read = build_read_options(tiny.config(R"({
      "task": {"problem": "multi_label"}, "evaluation": {"metric": "micro_f1"},
      "data": {"header": false, "text_column": 2, "text_pair_column": 0, "label_column": 1,
               "on_bad_row": "quarantine", "max_bad_rows": 3, "max_row_bytes": 999}})"));
  CHECK_FALSE(read.has_header);
  CHECK(read.text_column == "2");
  CHECK(read.text_pair_column == "0");
  CHECK(read.label_column == "1");
  CHECK(read.target_kind == data::TargetKind::kMultiLabel);
  CHECK(read.on_bad_row == data::BadRowPolicy::kQuarantine);
  CHECK(read.max_bad_rows == 3);
  CHECK(read.max_row_bytes == 999);
  CHECK(read.quarantine_folder == tiny / "run");

  const data::DataOptions data =
      build_data_options(tiny.config(R"({"data": {"max_length": 12, "validation": "20 percent"}})"),
                         /*num_threads=*/3, {.max_length = 24});
  CHECK(data.train == (tiny / "train.tsv").string());
  CHECK(data.validation.empty());
  CHECK(data.validation_fraction == Approx(0.2));
  CHECK(data.test == (tiny / "test.tsv").string());
  CHECK(data.seed == 7);
  CHECK(data.encoding.max_length == 12);
  CHECK(data.encoding.num_threads == 3);
  CHECK_FALSE(data.label_names);
}

TEST_CASE("labels that the config gives are those of its task") {
  const TinyRun tiny;
  const RunConfig config = tiny.config(R"({"task": {"labels": ["good", "fair", "bad"]}})");
  CHECK(config.task.chosen().label_order({}, {}) ==
        std::vector<std::string>{"good", "fair", "bad"});
}

TEST_CASE("more tokens than the model has positions are refused") {
  const TinyRun tiny;
  const RunConfig config = tiny.config(R"({"data": {"max_length": 25}})");
  CHECK(build_data_options(config, 1, {.max_length = 25}).encoding.max_length == 25);
  CHECK_THAT(
      test::error_of<ConfigError>([&] { build_data_options(config, 1, {.max_length = 24}); }),
      Contains("data.max_length is 25") && Contains("24 positions"));
  CHECK(build_data_options(tiny.config(), 1, {.max_length = 24}).encoding.max_length == 24);
}

TEST_CASE("encoded data is kept where XDG says, in the home, in a folder of choice or nowhere") {
  const TinyRun tiny;
  const auto cache = [&](const std::string& value) {
    return build_data_options(tiny.config(R"({"data": {"cache": )" + value + "}}"), 1,
                              {.max_length = 24})
        .encoding.cache_folder;
  };
  CHECK(cache("false").empty());
  CHECK(cache("\"mine\"") == tiny / "mine");
  const test::EnvironmentVariable home("HOME", "/home/me");
  {
    const test::EnvironmentVariable xdg("XDG_CACHE_HOME", "/caches");
    CHECK(cache("true") == "/caches/finetune");
  }
  const test::EnvironmentVariable xdg("XDG_CACHE_HOME", nullptr);
  CHECK(cache("true") == "/home/me/.cache/finetune");
}

TEST_CASE("an unknown metric is answered with the known ones") {
  const TinyRun tiny;
  RunConfig config = tiny.config(R"({"early_stopping": {}})");
  config.early_stopping->metric = "acuracy";
  CHECK_THAT(test::error_of<ConfigError>([&] { build_trainer_options(config); }),
             Contains("early_stopping.metric") && Contains("'acuracy'") && Contains("accuracy") &&
                 Contains("macro_f1"));
  config.evaluation.metric = "nonsense";
  CHECK_THAT(test::error_of<ConfigError>([&] { build_trainer_options(config); }),
             Contains("evaluation.metric") && Contains("'nonsense'"));
}

TEST_CASE("a model without a path is built from its type and config") {
  const TinyRun tiny;
  const std::string patch = R"({"model": {"path": null, "type": "bert", "config":
      {"hidden_size": 8, "num_attention_heads": 2, "num_hidden_layers": 1, "intermediate_size": 8,
       "vocab_size": 60, "max_position_embeddings": 16}}})";
  const RunConfig config = tiny.config(patch);
  const Tokenizers tokenizers = load_tokenizers(tiny / "model");
  const nlohmann::json model_config = build_model_config(config, tokenizers);
  CHECK(model_config.at("model_type") == "bert");
  CHECK(model_config.at("hidden_size") == 8);
  CHECK(build_model(config, {model_config, tokenizers, labels_of(4)}, {})->max_length() == 16);
}

TEST_CASE("the head of a pretrained model is new where the labels differ, never in a checkpoint") {
  const TinyRun tiny;
  const RunConfig config = tiny.config();
  const Tokenizers tokenizers = load_tokenizers(tiny / "model");
  const nlohmann::json model_config = build_model_config(config, tokenizers);
  CHECK_THAT(test::logged([&] {
               build_model(config, {model_config, tokenizers, labels_of(2)}, {});
             }),
             Contains("initialised at random") && Contains("classifier.weight"));
  CHECK_THAT(test::logged([&] {
               build_model(config, {model_config, tokenizers, labels_of(3)}, {});
             }),
             Contains("its head is reused for '0, 1, 2'"));
  CHECK(test::logged([&] {
          const data::LabelMap labels({"bad", "fair", "good"});
          build_model(config, {model_config, tokenizers, labels}, {});
        }).empty());
  CHECK_NOTHROW(build_model_from_checkpoint(config, tiny / "model", labels_of(3)));
  CHECK_THAT(test::error_of<CheckpointError>(
                 [&] { build_model_from_checkpoint(config, tiny / "model", labels_of(2)); }),
             Contains("classifier.weight"));
}

TEST_CASE("parameters are decayed but for biases and norms, and frozen ones are left out") {
  const TinyRun tiny;
  const RunConfig config = tiny.config();
  const Tokenizers tokenizers = load_tokenizers(tiny / "model");
  const auto model =
      build_model(config, {build_model_config(config, tokenizers), tokenizers, labels_of(3)}, {});
  auto named = models::named_parameters(model->module());
  named.front().value.set_requires_grad(false);
  const optim::FlatParameters parameters = build_parameters(*model);
  CHECK(parameters.entries().size() == named.size() - 1);
  int64_t num_plain = 0;
  for (const optim::FlatEntry& entry : parameters.entries()) {
    CHECK(entry.name != named.front().name);
    if (!entry.is_decayed) ++num_plain;
    CHECK(entry.is_decayed == (entry.value.dim() > 1));
  }
  CHECK(num_plain > 0);
}
