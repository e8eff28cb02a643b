#include <catch2/catch.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <vector>

#include "base/error.h"
#include "run/inference.h"
#include "run/model_folder.h"
#include "run/translation_run.h"

using namespace finetune;
using namespace finetune::run;
using Catch::Matchers::Contains;
using nlohmann::json;
using test::kTranslation;
using test::RecordingObserver;
using test::TinyRun;
using test::translation;
using test::write_pairs;

namespace fs = std::filesystem;

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
  const std::string continuation = inference.answer(prompts)->to_text(0);
  CHECK_FALSE(continuation.empty());
  // Its texts were a file each, its prompts are lines; one without a token ends them, not those
  // before it.
  const std::string path = tiny.write("prompts.txt", "to be\nt\n\nto be\n").string();
  std::vector<std::string> answers;
  const auto keep = [&](const tasks::Answers& some, int64_t num_rows) {
    for (int64_t row = 0; row < num_rows; ++row) answers.push_back(some.to_text(row));
  };
  CHECK_THAT(test::error_of<DataError>([&] { inference.answer_rows(path, keep); }),
             Contains("prompts.txt:3") && Contains("no token"));
  REQUIRE(answers.size() == 2);
  CHECK(answers[0] == continuation);
  const std::vector<data::Example> gap = {{.text = "to be", .line = 1}, {.text = "", .line = 2}};
  CHECK_THAT(test::error_of<DataError>([&] { inference.answer_in_order(gap, keep); }),
             Contains("line 2"));
  CHECK(answers.size() == 3);
  CHECK_THROWS_AS(inference.answer(gap), DataError);
  // Of 32 positions five are for new tokens, and a block has 24 tokens: the end of a prompt counts.
  const std::vector<data::Example> ends = {
      {.text = std::string(90, 'x') + " to be or not to be to be"},
      {.text = "x to be or not to be to be"}};
  std::unique_ptr<tasks::Answers> two;
  CHECK_THAT(test::logged([&] { two = inference.answer(ends); }), Contains("2 of 2 texts"));
  CHECK(two->to_text(0) == two->to_text(1));
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

TEST_CASE("a language model has room to answer where a prompt fills its positions") {
  const TinyRun tiny;
  write_pairs(tiny, "t", 32, 0);
  write_pairs(tiny, "v", 6, 3);
  json patch = translation(1, {{"generation", json::object()}});
  patch["model"] = json::parse(R"({"path": null, "type": "gpt2",
      "config": {"n_embd": 16, "n_layer": 1, "n_head": 2, "n_positions": 32},
      "tokenizer": {"train": "byte-bpe", "vocab_size": 257}})");
  patch["task"]["separator"] = " = ";
  tiny.train(patch.dump());
  // Half of 32 positions, of which the separator takes two: 14 letters and then " =".
  const std::vector<data::Example> texts = {{.text = std::string(14, 'x') + "yyyyyyyyyyyyyyyyyyyy"},
                                            {.text = std::string(14, 'x')}};
  Inference inference(tiny / "run");
  std::unique_ptr<tasks::Answers> answers;
  CHECK_THAT(test::logged([&] { answers = inference.answer(texts); }),
             Contains("1 of 2 texts") && Contains("(16 tokens)"));
  CHECK(answers->to_json(0) == answers->to_json(1));

  GenerationOverrides few;
  few.section.max_new_tokens = 4;
  Inference short_answers(tiny / "run", {}, few);
  CHECK_THAT(test::logged([&] { short_answers.answer(texts); }), Contains("(28 tokens)"));
}
