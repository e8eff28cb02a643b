#include <catch2/catch.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <span>
#include <vector>

#include "base/error.h"
#include "run/inference.h"
#include "run/inspect.h"
#include "run/model_folder.h"
#include "run/tiny_run.h"
#include "tensors/named_tensors.h"
#include "tensors/safetensors_writer.h"

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

/// kTranslation of so many epochs; sections of `patch` replace its own.
json translation(int num_epochs, const json& patch) {
  json config = json::parse(kTranslation);
  config["training"]["num_train_epochs"] = num_epochs;
  for (const auto& [section, value] : patch.items()) config[section] = value;
  return config;
}

std::vector<json> events_of(const TinyRun& tiny, const std::string& kind) {
  std::vector<json> events;
  for (const std::string& line : test::lines_of(tiny / "run/metrics.jsonl")) {
    if (json event = json::parse(line); event.at("event") == kind) events.push_back(event);
  }
  return events;
}

/// A model that a run of one epoch has left in the folder "out".
void make_model(const TinyRun& tiny) {
  write_pairs(tiny, "t", 32, 0);
  write_pairs(tiny, "v", 6, 3);
  tiny.train(translation(1, {{"output_dir", "first"}}).dump());
  export_model(tiny / "first", tiny / "out", false);
}

/// Gives every number of a tensor of a folder's weights the same value.
void fill_weight(const fs::path& folder, const std::string& name, float value) {
  tensors::NamedTensors weights = tensors::read_weights(folder);
  tensors::TensorView& tensor = weights.at(name);
  const auto numbers =
      std::make_shared<std::vector<float>>(static_cast<size_t>(tensor.num_elements()), value);
  tensor.bytes = std::as_bytes(std::span(*numbers));
  tensor.owner = numbers;
  const test::TemporaryFolder apart;
  tensors::write_safetensors(base::posix_fs(), apart.path() / "model.safetensors", weights);
  fs::copy_file(apart.path() / "model.safetensors", folder / "model.safetensors",
                fs::copy_options::overwrite_existing);
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

TEST_CASE("translation data that does not fit together is refused by name") {
  const TinyRun tiny;
  write_pairs(tiny, "t", 32, 0);
  write_pairs(tiny, "v", 6, 3);
  tiny.write("v.de", "eins\n");
  RunObserver observer;
  CHECK_THAT(test::error_of<DataError>([&] { run::train({tiny.config(kTranslation)}, observer); }),
             Contains("v.en has 6 lines") && Contains("v.de has 1"));
}

TEST_CASE("while training texts are written greedily now and then, with beams at the end") {
  const TinyRun tiny;
  write_pairs(tiny, "t", 32, 0);
  write_pairs(tiny, "v", 6, 3);
  tiny.train(translation(4, {{"generation", {{"num_beams", 2}, {"num_return_sequences", 2}}},
                             {"evaluation",
                              {{"metric", "loss"},
                               {"every", "1 epochs"},
                               {"decode_every", "2 epochs"},
                               {"decode_examples", 4},
                               {"samples", 2}}}})
                 .dump());
  const std::vector<json> evaluations = events_of(tiny, "evaluation");
  REQUIRE(evaluations.size() == 4);
  for (size_t epoch = 1; epoch <= 4; ++epoch) {
    INFO(epoch);
    CHECK(evaluations[epoch - 1].at("loss").is_number());
    for (const char* metric : {"bleu", "chrf", "chrf++", "ter", "exact_match"})
      CHECK(evaluations[epoch - 1].contains(metric) == (epoch % 2 == 0));
  }
  const auto samples = test::lines_of(tiny / "run/samples.jsonl");
  REQUIRE(samples.size() == 4);
  for (const std::string& line : samples) CHECK_FALSE(json::parse(line).contains("n_best"));
  const auto predictions = test::lines_of(tiny / "run/predictions/validation.jsonl");
  REQUIRE(predictions.size() == 6);
  for (const std::string& line : predictions) CHECK(json::parse(line).at("n_best").size() == 2);
}

TEST_CASE("early stopping watches what written texts score, as often as that is known") {
  const TinyRun tiny;
  write_pairs(tiny, "t", 32, 0);
  write_pairs(tiny, "v", 6, 3);
  const TrainSummary summary =
      tiny.train(translation(20, {{"optimizer", {{"learning_rate", 1e-12}}},
                                  {"early_stopping", {{"patience", 1}, {"metric", "chrf"}}},
                                  {"evaluation",
                                   {{"metric", "loss"},
                                    {"every", "1 epochs"},
                                    {"decode_every", "2 epochs"},
                                    {"decode_examples", 4}}}})
                     .dump());
  CHECK(summary.status == "stopped_early");
  CHECK(events_of(tiny, "evaluation").size() == 4);  // scores at 2 and at 4, which are equal
}

TEST_CASE("a collapsed encoder is warned of while training, and a sound one is not") {
  const TinyRun tiny;
  make_model(tiny);
  const json patch =
      translation(1, {{"model", {{"path", "out"}}}, {"optimizer", {{"learning_rate", 1e-12}}}});
  tiny.train(patch.dump());
  CHECK(events_of(tiny, "warning").empty());
  CHECK(events_of(tiny, "evaluation").at(0).at("encoder_similarity") < 0.99);
  fs::remove_all(tiny / "run");
  // The last thing that the encoder does: its output is now the bias at every position.
  fill_weight(tiny / "out", "model.encoder.layers.0.final_layer_norm.weight", 0.0F);
  fill_weight(tiny / "out", "model.encoder.layers.0.final_layer_norm.bias", 0.5F);
  const std::string logged = test::logged([&] { tiny.train(patch.dump()); });
  CHECK_THAT(logged, Contains("the encoder has collapsed"));
  REQUIRE(events_of(tiny, "warning").size() == 1);
  CHECK(events_of(tiny, "warning")[0].at("message").get<std::string>().starts_with("the encoder"));
  CHECK(events_of(tiny, "evaluation").at(0).at("encoder_similarity") > 0.999);
}

TEST_CASE("a model's own settings of generation count where nobody says more") {
  const TinyRun tiny;
  make_model(tiny);
  const auto settings_in = [&](const char* file) {
    return json::parse(test::read_file(tiny / file));
  };
  const auto in_force = [&](const char* path) {
    const json description = inspect(tiny / path);
    return description.contains("run") ? description.at("run").at("model").at("generation")
                                       : description.at("model").at("generation");
  };
  json own = settings_in("out/generation_config.json");
  own["num_beams"] = 3;
  own["no_repeat_ngram_size"] = 4;
  own["max_length"] = 9;
  own.erase("max_new_tokens");
  tiny.write("out/generation_config.json", own.dump());
  CHECK(in_force("out").at("num_beams") == 3);
  CHECK(in_force("out").at("max_length") == 9);

  tiny.train(
      translation(1, {{"model", {{"path", "out"}}}, {"generation", {{"num_beams", 2}}}}).dump());
  CHECK(settings_in("run/last/generation_config.json").at("num_beams") == 2);
  CHECK(settings_in("run/last/generation_config.json").at("no_repeat_ngram_size") == 4);
  CHECK(in_force("run").at("num_beams") == 2);
  CHECK(in_force("run").at("max_length") == 9);
  CHECK(in_force("run").at("max_new_tokens").is_null());

  // An older folder has such keys in its config.json; an export of it has the file.
  fs::remove(tiny / "out/generation_config.json");
  json old = settings_in("out/config.json");
  old["num_beams"] = 5;
  tiny.write("out/config.json", old.dump());
  CHECK(in_force("out").at("num_beams") == 5);
  export_model(tiny / "out", tiny / "again", false);
  CHECK(settings_in("again/generation_config.json").at("num_beams") == 5);
}

TEST_CASE("the command line says how texts are written, for models that write some") {
  const TinyRun tiny;
  make_model(tiny);
  const std::vector<data::Example> examples = {{.text = "two three"}};
  GenerationOverrides best;
  best.num_best = 3;
  const json three = Inference(tiny / "out", {}, best).answer(examples)->to_json(0);
  CHECK(three.at("n_best").size() == 3);
  CHECK(three.at("n_best")[0].at("text") == three.at("translation"));
  CHECK(three.at("n_best")[0].at("score") > three.at("n_best")[2].at("score"));
  best.section.num_beams = 2;
  CHECK_THAT(test::error_of<ConfigError>([&] { Inference(tiny / "out", {}, best); }),
             Contains("num_return_sequences 3 is above num_beams 2"));
  CHECK_THAT(
      test::error_of<ConfigError>([&] { Inference(tiny / "model", {}, GenerationOverrides{}); }),
      Contains("classification"));
}

TEST_CASE("limits that exclude each other end a run before it trains") {
  const TinyRun tiny;
  make_model(tiny);
  json own = json::parse(test::read_file(tiny / "out/generation_config.json"));
  own["min_length"] = 20;
  own.erase("max_new_tokens");
  tiny.write("out/generation_config.json", own.dump());
  const json patch =
      translation(1, {{"model", {{"path", "out"}}}, {"generation", {{"max_new_tokens", 12}}}});
  CHECK_THAT(test::error_of<ConfigError>([&] { tiny.train(patch.dump()); }),
             Contains("min_length 20") && Contains("max_new_tokens"));
  CHECK_FALSE(fs::exists(tiny / "run/metrics.jsonl"));
}
