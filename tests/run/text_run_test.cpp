#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "run/inference.h"
#include "run/model_folder.h"
#include "run/tiny_run.h"

using namespace finetune;
using namespace finetune::run;
using Catch::Matchers::Contains;
using nlohmann::json;
using test::RecordingObserver;
using test::TinyRun;

namespace {

namespace fs = std::filesystem;

constexpr const char* kTranslation = R"({
  "model": {"path": null, "type": "marian", "config": {
      "d_model": 16, "encoder_layers": 1, "decoder_layers": 1, "encoder_attention_heads": 2,
      "decoder_attention_heads": 2, "encoder_ffn_dim": 32, "decoder_ffn_dim": 32, "dropout": 0.1,
      "max_position_embeddings": 32},
    "tokenizer": {"train": "byte-bpe", "vocab_size": 300, "class": "bart"}},
  "task": {"type": "translation", "label_smoothing": 0.1},
  "data": {"train": {"source": "t.en", "target": "t.de"},
           "validation": {"source": "v.en", "target": "v.de"}, "test": null,
           "max_length_ratio": 4},
  "training": {"num_train_epochs": 20, "batch_size": null, "batch_tokens": 200,
               "gradient_accumulation_steps": 2},
  "optimizer": {"learning_rate": 1e-2, "beta2": 0.98},
  "schedule": {"type": "inverse_sqrt", "warmup": "5 steps"},
  "generation": {"num_beams": 2, "max_new_tokens": 12},
  "evaluation": {"metric": "bleu", "every": "10 epochs", "decode_examples": 4, "samples": 1}})";

/// Numbers in words, from one language into another.
void write_pairs(const TinyRun& tiny, const std::string& name, int count, int first) {
  const char* const source[] = {"one", "two", "three", "four"};
  const char* const target[] = {"eins", "zwei", "drei", "vier"};
  std::string english;
  std::string german;
  for (int i = first; i < first + count; ++i) {
    english += std::string(source[i % 4]) + " " + source[(i / 4) % 4] + "\n";
    german += std::string(target[i % 4]) + " " + target[(i / 4) % 4] + "\n";
  }
  tiny.write(name + ".en", english);
  tiny.write(name + ".de", german);
}

}  // namespace

TEST_CASE("a translation is learned from nothing, judged by BLEU, exported and answers lines") {
  const TinyRun tiny;
  write_pairs(tiny, "t", 32, 0);
  write_pairs(tiny, "v", 6, 3);
  RecordingObserver observer;
  const TrainSummary summary = run::train({tiny.config(kTranslation)}, observer);
  CHECK(observer.loss_ratio() < 0.7);
  CHECK(summary.validation.contains("bleu"));
  CHECK(*summary.validation.at("perplexity") > 1.0);
  for (const char* name : {"samples.jsonl", "predictions/validation.jsonl", "best/tokenizer.json",
                           "best/generation_config.json", "tokenizer/source/tokenizer.json"}) {
    INFO(name);
    CHECK(fs::exists(tiny / "run" / name));
  }
  const json line = json::parse(test::lines_of(tiny / "run/predictions/validation.jsonl").at(0));
  CHECK(line.at("text") == "four one");
  CHECK(line.at("target") == "vier eins");
  CHECK(line.contains("translation"));
  CHECK(line.at("score").get<double>() < 0.0);

  export_model(tiny / "run", tiny / "out", false);
  Inference exported(tiny / "out");
  const std::vector<data::Example> examples = {{.text = "two three"}, {.text = "one"}};
  const auto answers = exported.answer(examples);
  CHECK(answers->to_json(1).contains("translation"));
  Inference of_run(tiny / "run");
  const auto judged = of_run.answer_split("validation");
  CHECK(judged.values.at("loss") == summary.validation.at("loss"));
  CHECK(*judged.values.at("bleu") == Approx(*summary.validation.at("bleu")));
}

TEST_CASE("a translation that was cut off ends with the same weights as one that was not") {
  const TinyRun whole;
  const TinyRun parts;
  json patch = json::parse(kTranslation);
  patch["training"]["num_train_epochs"] = 4;
  patch["checkpoints"] = {{"every", "2 steps"}, {"keep_last", 99}};
  patch["evaluation"]["every"] = "1 epochs";
  for (const TinyRun* tiny : {&whole, &parts}) {
    write_pairs(*tiny, "t", 32, 0);
    write_pairs(*tiny, "v", 6, 3);
    tiny->train(patch.dump());
  }
  const int64_t last =
      json::parse(test::read_file(whole / "run/trainer_state.json")).at("global_step");
  for (int64_t step = 3; step <= last; ++step)
    fs::remove_all(parts / ("run/checkpoint-" + std::to_string(step)));
  fs::remove(parts / "run/best");
  fs::remove(parts / "run/last");
  fs::remove_all(parts / "run/tokenizer");  // the checkpoint has the tokenizer
  RecordingObserver observer;
  run::train({parts.config(patch.dump())}, observer);
  CHECK(observer.updates_at_start == 2);
  const std::string name = "run/checkpoint-" + std::to_string(last);
  for (const char* file : {"model.safetensors", "optimizer.safetensors"}) {
    CHECK(test::read_file(parts / (name + "/" + file)) ==
          test::read_file(whole / (name + "/" + file)));
  }
  CHECK(test::read_file(parts / "run/samples.jsonl") ==
        test::read_file(whole / "run/samples.jsonl"));
}

TEST_CASE("a model with a vocabulary for each language is saved, found whole and exported") {
  const TinyRun tiny;
  write_pairs(tiny, "t", 32, 0);
  write_pairs(tiny, "v", 6, 3);
  json patch = json::parse(kTranslation);
  patch["model"].erase("tokenizer");
  patch["model"]["source_tokenizer"] = {
      {"train", "byte-bpe"}, {"vocab_size", 264}, {"class", "bart"}};
  patch["model"]["target_tokenizer"] = {
      {"train", "byte-bpe"}, {"vocab_size", 264}, {"class", "roberta"}};
  patch["training"]["num_train_epochs"] = 2;
  tiny.train(patch.dump());
  export_model(tiny / "run", tiny / "out", false);
  Inference exported(tiny / "out");
  const std::vector<data::Example> examples = {{.text = "two three"}};
  CHECK(exported.answer(examples)->to_json(0).contains("translation"));
}

TEST_CASE("a language model learns the characters of a file and goes on from a prompt") {
  const TinyRun tiny;
  std::string text;
  for (int i = 0; i < 60; ++i) text += "to be or not to be\n";
  tiny.write("train.txt", text);
  tiny.write("dev.txt", "to be or not\nnot to be\n");
  RecordingObserver observer;
  const TrainSummary summary = run::train({tiny.config(R"({
        "model": {"path": null, "type": "gpt2",
                  "config": {"n_embd": 16, "n_layer": 1, "n_head": 2, "n_positions": 32},
                  "tokenizer": {"train": "byte-bpe", "vocab_size": 257}},
        "task": {"type": "language_modeling"},
        "data": {"train": "train.txt", "validation": "dev.txt", "test": null, "text_unit": "file",
                 "max_length": 24},
        "training": {"num_train_epochs": 10, "batch_size": 8},
        "generation": {"max_new_tokens": 5},
        "evaluation": {"metric": "perplexity"}})")},
                                          observer);
  CHECK(observer.loss_ratio() < 0.7);
  CHECK(summary.validation.contains("perplexity"));
  const json report = json::parse(test::read_file(tiny / "run/data_report.json"));
  CHECK(report.at("splits").at("train").at("lengths").at("max") == 25);
  Inference inference(tiny / "run");
  const std::vector<data::Example> prompts = {{.text = "to be"}};
  CHECK_FALSE(inference.answer(prompts)->to_json(0).at("text").get<std::string>().empty());
  CHECK(inference.answer_split("validation").values.at("loss") == summary.validation.at("loss"));
}

TEST_CASE("a language model translates as one sequence") {
  const TinyRun tiny;
  write_pairs(tiny, "t", 32, 0);
  write_pairs(tiny, "v", 6, 3);
  json patch = json::parse(kTranslation);
  patch["model"] = json::parse(R"({"path": null, "type": "gpt2",
      "config": {"n_embd": 16, "n_layer": 1, "n_head": 2, "n_positions": 32},
      "tokenizer": {"train": "byte-bpe", "vocab_size": 300}})");
  RecordingObserver observer;
  const TrainSummary summary = run::train({tiny.config(patch.dump())}, observer);
  CHECK(observer.loss_ratio() < 0.8);
  CHECK(summary.validation.contains("bleu"));
}

TEST_CASE("translation data that does not fit together is refused by name") {
  const TinyRun tiny;
  write_pairs(tiny, "t", 32, 0);
  write_pairs(tiny, "v", 6, 3);
  tiny.write("v.de", "eins\n");
  RunObserver observer;
  CHECK_THAT(test::error_of<DataError>([&] { run::train({tiny.config(kTranslation)}, observer); }),
             Contains("v.en has 6 lines") && Contains("v.de has 1"));
}
