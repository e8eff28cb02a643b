#include "run/run_config.h"

#include <catch2/catch.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>

#include "base/strings.h"
#include "minimal_config.h"

namespace finetune::run {
namespace {

using nlohmann::json;
using test::config_errors;
using test::kMinimalConfig;
using test::read_config;

TEST_CASE("a minimal config has every default") {
  const RunConfig config = read_config(kMinimalConfig);
  CHECK(config.seed == 42);
  CHECK(config.training.num_train_epochs == 3.0);
  CHECK_FALSE(config.training.max_steps.has_value());
  CHECK(config.training.batch_size == 32);
  CHECK(config.optimizer.learning_rate == 5e-5);
  CHECK(config.data.text_column.name == "text");
  CHECK(config.evaluation.every == config::Duration{1, config::Unit::kEpochs});
  CHECK_FALSE(config.early_stopping.has_value());
  CHECK(config.data.group_by_length);
}

TEST_CASE("epochs have no limit where steps or a time are given") {
  CHECK_FALSE(
      read_config(kMinimalConfig, {"training.max_steps=10"}).training.num_train_epochs.has_value());
  CHECK_FALSE(read_config(kMinimalConfig, {"training.max_time=5 minutes"})
                  .training.num_train_epochs.has_value());
  CHECK(read_config(kMinimalConfig, {}).training.num_train_epochs == 3.0);
  CHECK(read_config(kMinimalConfig, {"training.max_steps=10", "training.num_train_epochs=0.5"})
            .training.num_train_epochs == 0.5);
}

TEST_CASE("every bad config gets the errors that stand beside it") {
  const auto folder = test::fixture("run/fixtures/bad_configs");
  int num_configs = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".json") continue;
    ++num_configs;
    CAPTURE(entry.path());
    std::filesystem::path expected = entry.path();
    CHECK(config_errors(test::read_file(entry.path())) + "\n" ==
          test::read_file(expected.replace_extension(".txt")));
  }
  CHECK(num_configs == 8);
}

TEST_CASE("overrides in their three forms change the config, and null takes a key out") {
  const std::string text = R"({"output_dir": "run", "model": {"path": "m"}, "seed": 1,
      "task": {"type": "classification"}, "data": {"train": "t.tsv", "validation": "5 percent"},
      "training": {"batch_size": 8}, "early_stopping": {"patience": 2}})";
  const RunConfig config =
      read_config(text, {"seed=7", "--optimizer.learning_rate=3e-5", "early_stopping=null",
                         "about=12", "training.batch_size=null", "--training.batch_tokens=4096"});
  CHECK(config.seed == 7);
  CHECK(config.optimizer.learning_rate == 3e-5);
  CHECK_FALSE(config.early_stopping.has_value());
  CHECK(config.about == "12");
  CHECK(config.training.batch_tokens == 4096);
  CHECK(config.data.validation->percent == 5.0);
}

TEST_CASE("errors of overrides name the override") {
  CHECK(config_errors(kMinimalConfig, {"--training.batch_size=1.5", "learning_rate=3e-5",
                                       "optimizer.lr=\"1e-4\"", "training.fp16=true", "seed"}) ==
        "  override '--training.batch_size=1.5': training.batch_size: expected an integer >= 1 and "
        "<= 1000000, found 1.5\n"
        "  override 'learning_rate=3e-5': learning_rate: unknown key; did you mean "
        "optimizer.learning_rate=3e-5?\n"
        "  override 'optimizer.lr=\"1e-4\"': optimizer.lr: unknown key; did you mean "
        "optimizer.learning_rate=1e-4?\n"
        "  override 'training.fp16=true': training.fp16: unknown key; did you mean "
        "training.precision=fp32? (this version computes in fp32 only)\n"
        "  override 'seed': expected a key, '=' and a value, as in training.batch_size=32");
}

TEST_CASE("paths begin at the config file, those of overrides at the working folder") {
  const test::TemporaryFolder folder;
  const auto root = std::filesystem::canonical(folder.path());
  test::write_file(root / "configs/a.json",
                   R"({"output_dir": "../runs/a b", "model": {"path": "/models/m"},
                       "task": {"type": "classification"}, "data": {"train": "-", "test": "é.tsv"}})");
  std::filesystem::create_directory_symlink(root / "configs", root / "link");
  const RunConfig config =
      read_run_config(root / "link/a.json", std::vector<std::string>{"data.cache=\"c\""});
  CHECK(config.base_folder == root / "configs");
  CHECK(config.output_dir == root / "runs/a b");
  CHECK(config.model.path == "/models/m");
  CHECK(config.data.train.file == "-");
  CHECK(config.data.test->file == root / "configs/é.tsv");
  CHECK(config.data.cache.folder == std::filesystem::current_path() / "c");
}

TEST_CASE("a rendered config means the same wherever it is stored") {
  const std::vector<std::vector<std::string>> changes = {
      {},
      {"training.batch_tokens=4096", "training.max_steps=10", "early_stopping.patience=2",
       "data.validation=5 percent"},
      {"model.path=null", "model.type=bert", "model.config={\"hidden_size\": 1e1}",
       "data.header=false", "data.text_column=0", "data.label_column=1", "data.cache=false",
       "task.labels=[\"no\", \"yes\"]", "about=a \"quoted\" text", "$schema=s.json"}};
  for (const auto& overrides : changes) {
    const RunConfig config = read_config(kMinimalConfig, overrides);
    const std::string text = render(config);
    const RunConfig again = read_config(text);
    CHECK(render(again) == text);
    CHECK(differences(config, again).empty());
    CHECK(json::parse(text).at("output_dir") == config.output_dir.string());
  }
}

TEST_CASE("a rendered config holds every key that is set") {
  const json rendered = json::parse(render(read_config(kMinimalConfig)));
  CHECK(rendered.at("training").at("nonfinite") == "error");
  CHECK(rendered.at("optimizer").at("learning_rate") == 5e-5);
  CHECK(rendered.at("schedule").at("warmup") == "0 steps");
  CHECK_FALSE(rendered.contains("early_stopping"));
  CHECK_FALSE(rendered.at("training").contains("batch_tokens"));
}

TEST_CASE("differences are listed key by key, with what a resumed run may change") {
  const RunConfig old = read_config(kMinimalConfig, {"data.validation=/v.tsv", "output_dir=/o",
                                                     "model.path=/m", "data.train=/t"});
  RunConfig now = old;
  CHECK(differences(old, now).empty());
  now.logging.every = {5, config::Unit::kSteps};
  now.optimizer.learning_rate = 1e-3;
  now.early_stopping.emplace();
  now.data.validation.reset();
  std::vector<std::string> lines;
  for (const ConfigDifference& d : differences(old, now)) {
    lines.push_back(base::cat(d.key, ": ", d.old_text, " -> ", d.new_text, ", ",
                              d.is_safe_at_resume ? "safe" : "unsafe"));
  }
  CHECK(lines == std::vector<std::string>{"data.validation: \"/v.tsv\" -> (not set), unsafe",
                                          "optimizer.learning_rate: 5e-05 -> 0.001, unsafe",
                                          "early_stopping.patience: (not set) -> 1, unsafe",
                                          "early_stopping.threshold: (not set) -> 0, unsafe",
                                          "logging.every: \"10 steps\" -> \"5 steps\", safe"});
}

TEST_CASE("keys and sections are explained, unknown ones refused with the nearest") {
  CHECK(explain("schedule.warmup").starts_with("schedule.warmup\n"));
  const std::string batch_size = explain("batch_size");
  CHECK(batch_size.find("training.batch_size\n") != std::string::npos);
  CHECK(batch_size.find("evaluation.batch_size\n") != std::string::npos);
  CHECK_THROWS_WITH(explain("training.batch_sise"),
                    "'training.batch_sise': unknown key; did you mean training.batch_size?");
  CHECK_THROWS_WITH(explain("warmup_ratio"),
                    "'warmup_ratio': unknown key; did you mean schedule.warmup?");
  CHECK_THROWS_AS(explain(""), ConfigError);
}

TEST_CASE("a file that is no config file is a ConfigError that names it") {
  const test::TemporaryFolder folder;
  CHECK_THROWS_AS(read_run_config(folder.path() / "absent.json"), ConfigError);
  CHECK_THROWS_WITH(read_run_config(folder.path()),
                    Catch::Contains("is a folder; name the config file itself"));
  CHECK_THROWS_AS(read_run_config("/dev/zero"), ConfigError);
  test::write_file(folder.path() / "large.json", std::string(5 << 20, ' '));
  CHECK_THROWS_WITH(read_run_config(folder.path() / "large.json"), Catch::Contains("large.json"));
}

/// The minimal config with one value changed: `path` as a JSON pointer, `value` as JSON.
struct Change {
  const char* path;
  const char* value;
};

const std::vector<Change> kChanges = {
    {"/about", "\"\""},
    {"/about", "3"},
    {"/$schema", "\"x\""},
    {"/other", "1"},
    {"/output_dir", "\"\""},
    {"/output_dir", "null"},
    {"/output_dir", "\"a\\u0000b\""},
    {"/output_dir", "\"a\\nb\""},
    {"/seed", "0"},
    {"/seed", "-1"},
    {"/seed", "1.0"},
    {"/seed", "1.5"},
    {"/seed", "9223372036854775807"},
    {"/seed", "9223372036854775808"},
    {"/seed", "\"1\""},
    {"/seed", "null"},
    {"/model", "null"},
    {"/model", "{}"},
    {"/model", "{\"path\": null}"},
    {"/model", "{\"type\": \"bert\"}"},
    {"/model", "{\"type\": \"bert\", \"config\": {}}"},
    {"/model", "{\"type\": \"bert\", \"config\": {}, \"path\": \"m\"}"},
    {"/model", "{\"type\": \"bert\", \"config\": {}, \"path\": null}"},
    {"/model", "{\"path\": \"m\", \"config\": {}}"},
    {"/model/dropout", "0"},
    {"/model/dropout", "1"},
    {"/model/dropout", "-0.1"},
    {"/model/dropout", "0.999"},
    {"/model/dropout", "null"},
    {"/task", "{}"},
    {"/task/type", "\"translate\""},
    {"/task/problem", "\"multi_label\""},
    {"/task/problem", "\"many\""},
    {"/task/problem", "null"},
    {"/task/labels", "[\"a\", \"b\"]"},
    {"/task/labels", "[\"a\", \"a\"]"},
    {"/task/labels", "[]"},
    {"/task/labels", "[\"a\", 1]"},
    {"/task/labels", "[\"a\", \"\"]"},
    {"/data", "{}"},
    {"/data/validation", "\"5 percent\""},
    {"/data/validation", "\"0.5 percent\""},
    {"/data/validation", "\"0 percent\""},
    {"/data/validation", "\"100 percent\""},
    {"/data/validation", "\"5%\""},
    {"/data/validation", "\"5percent\""},
    {"/data/validation", "\"v.tsv\""},
    {"/data/validation", "\"5 percent.tsv\""},
    {"/data/validation", "5"},
    {"/data/text_column", "0"},
    {"/data/text_column", "-1"},
    {"/data/text_column", "1.5"},
    {"/data/text_column", "\"\""},
    {"/data/text_pair_column", "1000000"},
    {"/data/header", "true"},
    {"/data/header", "1"},
    {"/data/max_length", "2"},
    {"/data/max_length", "1"},
    {"/data/on_bad_row", "\"skip\""},
    {"/data/on_bad_row", "\"Skip\""},
    {"/data/cache", "true"},
    {"/data/cache", "\"folder\""},
    {"/data/cache", "\"true\""},
    {"/data/cache", "1"},
    {"/training", "null"},
    {"/training", "[]"},
    {"/training", "{\"batch_size\": 1, \"batch_tokens\": 1}"},
    {"/training", "{\"batch_size\": null, \"batch_tokens\": 1}"},
    {"/training/num_train_epochs", "0"},
    {"/training/num_train_epochs", "0.5"},
    {"/training/num_train_epochs", "1000001"},
    {"/training/max_steps", "0"},
    {"/training/max_steps", "1e3"},
    {"/training/max_time", "\"20 minutes\""},
    {"/training/max_time", "\"20\""},
    {"/training/max_time", "20"},
    {"/training/max_time", "\"0 hours\""},
    {"/training/max_time", "\"3 epochs\""},
    {"/training/batch_size", "0"},
    {"/training/batch_size", "1000001"},
    {"/training/max_grad_norm", "0"},
    {"/training/max_grad_norm", "-1e-9"},
    {"/training/precision", "\"fp16\""},
    {"/training/precision", "\"bf16\""},
    {"/optimizer/learning_rate", "0"},
    {"/optimizer/learning_rate", "1e30"},
    {"/optimizer/learning_rate", "\"1e-4\""},
    {"/optimizer/beta1", "1"},
    {"/optimizer/epsilon", "0"},
    {"/optimizer/lr", "1"},
    {"/regularization/l2", "0.1"},
    {"/regularization/l2", "true"},
    {"/schedule/warmup", "0"},
    {"/schedule/warmup", "\"0 steps\""},
    {"/schedule/warmup", "\"6 percent\""},
    {"/schedule/warmup", "\"100 percent\""},
    {"/schedule/warmup", "\"100.5 percent\""},
    {"/schedule/warmup", "\"6%\""},
    {"/schedule/warmup", "\"1 minutes\""},
    {"/schedule/warmup", "-1"},
    {"/evaluation/every", "\"1 epoch\""},
    {"/evaluation/every", "\"0.25 epochs\""},
    {"/evaluation/every", "\"0.0 epochs\""},
    {"/evaluation/every", "\"1.5 steps\""},
    {"/evaluation/every", "\"1e6 tokens\""},
    {"/evaluation/every", "\"1.5e6 tokens\""},
    {"/evaluation/every", "\"1e+06 tokens\""},
    {"/evaluation/every", "\"5 percent\""},
    {"/evaluation/every", "\" 5 steps\""},
    {"/evaluation/every", "\"5  steps\""},
    {"/evaluation/every", "\"-5 steps\""},
    {"/evaluation/every", "0"},
    {"/evaluation/every", "500"},
    {"/evaluation/every", "1.5"},
    {"/evaluation/metric", "\"macro_f1\""},
    {"/evaluation/metric", "\"f1\""},
    {"/checkpoints/keep_last", "0"},
    {"/checkpoints/keep_best", "\"yes\""},
    {"/early_stopping", "null"},
    {"/early_stopping/patience", "0"},
    {"/early_stopping/patience", "\"3\""},
    {"/logging", "{\"every\": \"10 steps\", \"tensorboard\": false}"},
    {"/logging/tensorboard", "0"},
};

TEST_CASE("the JSON Schema and the reader accept the same files") {
  const auto python = test::python();
  if (!python) return;
  const test::TemporaryFolder folder;
  test::write_file(folder.path() / "schema.json", schema());
  std::string command = test::shell_quote(python->string()) + " " +
                        test::shell_quote(test::fixture("run/fixtures/check_schema.py").string()) +
                        " " + test::shell_quote((folder.path() / "schema.json").string());
  std::vector<std::string> verdicts;
  for (size_t i = 0; i < kChanges.size(); ++i) {
    json config = json::parse(kMinimalConfig);
    config[json::json_pointer(kChanges[i].path)] = json::parse(kChanges[i].value);
    const std::string text = config.dump();
    const auto file = folder.path() / (std::to_string(i) + ".json");
    test::write_file(file, text);
    command += " " + test::shell_quote(file.string());
    verdicts.push_back(config_errors(text).empty() ? "valid" : "invalid");
  }
  const test::ProcessResult result = test::run_shell(command);
  INFO(result.err);
  REQUIRE(result.exit_code == 0);
  const std::vector<std::string> lines = base::split(result.out, '\n');
  REQUIRE(lines.size() == kChanges.size() + 1);
  for (size_t i = 0; i < kChanges.size(); ++i) {
    INFO(kChanges[i].path << " = " << kChanges[i].value);
    CHECK(verdicts[i] == lines[i]);
  }
  CHECK(std::set<std::string>(verdicts.begin(), verdicts.end()).size() == 2);
}

}  // namespace
}  // namespace finetune::run
