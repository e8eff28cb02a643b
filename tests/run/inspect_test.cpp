#include "run/inspect.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "run/tiny_run.h"

using namespace finetune;
using Catch::Matchers::Contains;
using nlohmann::json;
using test::TinyRun;

namespace {

std::string inspect_error(const std::filesystem::path& path) {
  return test::error_of<ConfigError>([&] { run::inspect(path); });
}

}  // namespace

TEST_CASE("a run is its checkpoints in order, its config and its model") {
  const TinyRun tiny;
  tiny.train(R"({"checkpoints": {"every": "1 steps", "keep_last": 20},
                 "training": {"num_train_epochs": 4}})");
  const json run = run::inspect(tiny / "run").at("run");
  CHECK(run.at("checkpoints").size() == 12);
  CHECK(run.at("checkpoints")[0] == "checkpoint-1");
  CHECK(run.at("checkpoints")[1] == "checkpoint-2");
  CHECK(run.at("checkpoints")[11] == "checkpoint-12");
  CHECK(run.at("last") == "checkpoint-12");
  CHECK(run.at("config").at("seed") == 7);
  CHECK(run.at("all_results").contains("eval_accuracy"));
  CHECK(run.at("environment").is_object());
  CHECK(run.at("model").at("model_type") == "bert");
}

TEST_CASE("a checkpoint says where it stands, and what of it is damaged") {
  const TinyRun tiny;
  tiny.train();
  const auto checkpoint = [&] {
    return run::inspect(tiny / "run/last").at("model").at("checkpoint");
  };
  CHECK(checkpoint().at("global_step") == 9);
  CHECK(checkpoint().at("epoch") == 3.0);
  CHECK(checkpoint().at("best_metric").is_number());
  CHECK(checkpoint().at("best_global_step").is_number());
  CHECK_FALSE(checkpoint().contains("damage"));
  std::string words = test::read_file(tiny / "run/last/vocab.txt");
  words.back() ^= 1;
  tiny.write("run/last/vocab.txt", words);
  json damaged;
  CHECK_THAT(test::logged([&] { damaged = checkpoint(); }),
             Contains("warning") && Contains("vocab.txt"));
  CHECK_THAT(damaged.at("damage").get<std::string>(), Contains("vocab.txt"));
  CHECK_FALSE(run::inspect(tiny / "model").at("model").contains("checkpoint"));
}

TEST_CASE("a model folder is its config, its tensors and its tokenizer") {
  const TinyRun tiny;
  const json model = run::inspect(tiny / "model").at("model");
  CHECK(model.at("model_type") == "bert");
  CHECK(model.at("id2label").at("2") == "good");
  const json& weights = model.at("weights");
  int64_t elements = 0;
  for (const json& tensor : weights.at("tensors")) {
    int64_t count = 1;
    for (const json& size : tensor.at("shape")) count *= size.get<int64_t>();
    elements += count;
    CHECK(tensor.at("dtype") == "F32");
  }
  CHECK(weights.at("parameters") == elements);
  CHECK(model.at("tokenizer").at("vocab_size") == 60);

  const std::string text = run::inspect_text(run::inspect(tiny / "model"));
  CHECK_THAT(text, Contains("model_type: bert\n") && Contains("vocab_size: 60\n") &&
                       Contains("classifier.weight  F32 [3, 32]\n"));
}

TEST_CASE("a tokenizer shows itself at work") {
  const TinyRun tiny;
  for (const auto& path : {tiny / "model/vocab.txt", tiny / "words"}) {
    tiny.write("words/vocab.txt", test::tiny_vocabulary());
    const json tokenizer = run::inspect(path).at("tokenizer");
    CHECK(tokenizer.at("pad") == json::parse(R"({"id": 0, "token": "[PAD]"})"));
    CHECK(tokenizer.at("unknown").at("id") == 1);
    CHECK(tokenizer.at("examples")[0].at("ids") == json::parse("[2, 1, 1, 1, 1, 3]"));
    CHECK(tokenizer.at("examples")[0].at("tokens")[0] == "[CLS]");
  }
}

TEST_CASE("a tokenizer.json is known by what it holds, too") {
  const TinyRun tiny;
  const char* document = R"({"model": {"type": "WordLevel", "vocab": {"a": 0}, "unk_token": "a"}})";
  CHECK(run::inspect(tiny.write("my.json", document)).at("tokenizer").at("vocab_size") == 1);
  CHECK(run::inspect(tiny.write("my.json", R"({"model": {"path": "x"}})")).contains("json"));
  CHECK(run::inspect(tiny.write("my.json", "[1]")).contains("json"));
}

TEST_CASE("weight files, data files and JSON files are known by their endings") {
  const TinyRun tiny;
  CHECK(run::inspect(tiny / "model/model.safetensors").at("weights").at("tensors").size() > 30);
  const json data = run::inspect(tiny / "train.tsv").at("data");
  CHECK(data.at("lines") == 25);
  CHECK(data.at("first_lines").size() == 3);
  CHECK(data.at("first_lines")[0] == "text\tlabel");
  CHECK(run::inspect(tiny / "model/config.json").at("json").at("hidden_size") == 32);
}

TEST_CASE("anything else is refused with what would be known") {
  const TinyRun tiny;
  CHECK_THAT(inspect_error(tiny / "nowhere"), Contains("no such file or folder"));
  CHECK_THAT(inspect_error(tiny.write("a.xyz", "x")),
             Contains("a.xyz") && Contains("inspect knows"));
  std::filesystem::create_directory(tiny / "empty");
  CHECK_THAT(inspect_error(tiny / "empty"), Contains("neither a run, a model folder"));
}

TEST_CASE("control characters of a file do not reach the terminal") {
  const TinyRun tiny;
  const auto text_of = [&](const std::string& name, const std::string& content) {
    return run::inspect_text(run::inspect(tiny.write(name, content)));
  };
  CHECK_THAT(text_of("a.tsv", "text\tlabel\n\x1b[2Jgone\tgood\n"), !Contains("\x1b"));
  CHECK_THAT(text_of("a.json", R"({"model": "be\u001b[2Jrt", "\u009b2J": [1], "b": ["\u009b"]})"),
             !Contains("\x1b") && !Contains("\xc2\x9b") && Contains("[2Jrt"));
  CHECK_THAT(text_of("b.json", R"({"it's": "a\\b"})"), Contains("it's: a\\b\n"));
}
