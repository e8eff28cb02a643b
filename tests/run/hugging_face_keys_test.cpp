#include "run/hugging_face_keys.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <set>

#include "config/fields.h"
#include "config/json_parser.h"
#include "minimal_config.h"

namespace finetune::run {
namespace {

std::optional<config::Translation> translate(const std::string& key, const std::string& value) {
  config::Problems problems;
  const config::JsonValue parsed = config::parse_json(value, {1, 1}, problems).value();
  return translate_hugging_face_key({"", key, parsed});
}

TEST_CASE("what Hugging Face users write becomes the line to write here") {
  const auto [theirs, ours] = GENERATE(table<std::string, std::string>({
      {R"("per_device_train_batch_size": 16)", R"("training": {"batch_size": 16})"},
      {R"("per_device_eval_batch_size": 64)", R"("evaluation": {"batch_size": 64})"},
      {R"("num_train_epochs": 3)", R"("training": {"num_train_epochs": 3})"},
      {R"("num_epochs": 3)", R"("training": {"num_train_epochs": 3})"},
      {R"("learning_rate": 2e-5)", R"("optimizer": {"learning_rate": 2e-5})"},
      {R"("weight_decay": 0.01)", R"("optimizer": {"weight_decay": 0.01})"},
      {R"("adam_beta2": 0.98)", R"("optimizer": {"beta2": 0.98})"},
      {R"("max_seq_length": 128)", R"("data": {"max_length": 128})"},
      {R"("group_by_length": true)", R"("data": {"group_by_length": true})"},
      {R"("lr_scheduler_type": "linear")", R"("schedule": {"type": "linear"})"},
      {R"("lr_scheduler_type": "constant_with_warmup")", R"("schedule": {"type": "constant"})"},
      {R"("warmup_ratio": 0.06)", R"("schedule": {"warmup": "6 percent"})"},
      {R"("warmup_ratio": 0.07)", R"("schedule": {"warmup": "7 percent"})"},
      {R"("warmup_steps": 500)", R"("schedule": {"warmup": "500 steps"})"},
      {R"("warmup_steps": 0.1)", R"("schedule": {"warmup": "10 percent"})"},
      {R"("eval_strategy": "epoch")", R"("evaluation": {"every": "1 epochs"})"},
      {R"("evaluation_strategy": "steps")", R"("evaluation": {"every": "500 steps"})"},
      {R"("eval_steps": 200)", R"("evaluation": {"every": "200 steps"})"},
      {R"("save_strategy": "epoch")", R"("checkpoints": {"every": "1 epochs"})"},
      {R"("save_steps": 200)", R"("checkpoints": {"every": "200 steps"})"},
      {R"("save_total_limit": 2)", R"("checkpoints": {"keep_last": 2})"},
      {R"("logging_steps": 10)", R"("logging": {"every": "10 steps"})"},
      {R"("load_best_model_at_end": true)", R"("checkpoints": {"keep_best": true})"},
      {R"("metric_for_best_model": "eval_loss")", R"("evaluation": {"metric": "loss"})"},
      {R"("early_stopping_patience": 3)", R"("early_stopping": {"patience": 3})"},
      {R"("report_to": "none")", R"("logging": {"tensorboard": false})"},
      {R"("problem_type": "multi_label_classification")", R"("task": {"problem": "multi_label"})"},
      {R"("problem_type": "regression")", R"("task": {"problem": "regression"})"},
      {R"("lr_scheduler_type": "inverse_sqrt")", R"("schedule": {"type": "inverse_sqrt"})"},
      {R"("generation_num_beams": 4)", R"("generation": {"num_beams": 4})"},
      {R"("generation_max_length": 64)", R"("generation": {"max_new_tokens": 64})"},
  }));
  const std::string minimal = test::kMinimalConfig;
  const std::string errors =
      test::config_errors(minimal.substr(0, minimal.size() - 1) + ", " + theirs + "}");
  CAPTURE(theirs, errors);
  CHECK(errors.ends_with("unknown key; did you mean " + ours + "?"));
  // and what is suggested is read, once early stopping has what it needs
  nlohmann::json config = nlohmann::json::parse(minimal);
  config["data"]["validation"] = "5 percent";
  if (ours.starts_with(R"("generation")")) config["task"]["type"] = "language_modeling";
  config.merge_patch(nlohmann::json::parse("{" + ours + "}"));
  CHECK(test::config_errors(config.dump()).empty());
}

TEST_CASE("names without a counterpart say what to do") {
  CHECK(translate("gradient_checkpointing", "true")->path.empty());
  CHECK(translate("do_train", "true")->note.starts_with("the command says it"));
  CHECK(translate("fp16", "true")->note == "(this version computes in fp32 only)");
  CHECK(translate("bf16", "true")->note == "(this version computes in fp32 only)");
  CHECK_FALSE(translate("no_such_thing", "1").has_value());
}

TEST_CASE("a value without a counterpart is not turned into another") {
  for (const auto& [key, value, words] :
       {std::tuple{"lr_scheduler_type", "\"cosine\"", "inverse_sqrt"},
        {"lr_scheduler", "\"polynomial\"", "inverse_sqrt"},
        {"save_strategy", "\"no\"", "always saves"},
        {"eval_strategy", "\"no\"", "leave \"validation\" out"},
        {"logging_strategy", "\"no\"", "always keeps a log"}}) {
    CAPTURE(key);
    const auto translation = translate(key, value);
    CHECK(translation->path.empty());
    CHECK(translation->note.find(words) != std::string::npos);
  }
  CHECK(translate("save_strategy", "\"steps\"")->note.empty());
}

TEST_CASE("every translation leads to a key that exists, or to an explanation") {
  RunConfig defaults;
  defaults.task.shows_every_type = true;
  config::Fields fields;
  defaults.describe(fields);
  std::set<std::string> known;
  for (const config::KeyPath& key : config::all_keys(fields)) known.insert(key.path);
  const std::vector<std::string> theirs = hugging_face_keys();
  CHECK(std::set<std::string>(theirs.begin(), theirs.end()).size() == theirs.size());
  for (const std::string& key : theirs) {
    CAPTURE(key);
    const auto translation = translate(key, "1");
    REQUIRE(translation.has_value());
    CHECK((translation->path.empty() ? !translation->note.empty()
                                     : known.contains(translation->path)));
    CHECK_FALSE(known.contains(key));
  }
}

TEST_CASE("values of an unexpected type are translated without harm") {
  for (const std::string& key : hugging_face_keys()) {
    for (const char* value : {"null", "{}", "[1]", "\"\"", "1e999", "true"}) {
      config::Problems problems;
      const auto parsed = config::parse_json(value, {1, 1}, problems);
      CHECK(translate_hugging_face_key({"training", key, *parsed}).has_value());
    }
  }
}

}  // namespace
}  // namespace finetune::run
