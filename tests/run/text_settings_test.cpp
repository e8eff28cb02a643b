// What a config, a model's files and the command line say of written texts.
#include <catch2/catch.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <span>
#include <vector>

#include "base/error.h"
#include "run/inference.h"
#include "run/inspect.h"
#include "run/model_folder.h"
#include "run/translation_run.h"
#include "tensors/named_tensors.h"
#include "tensors/safetensors_writer.h"

using namespace finetune;
using namespace finetune::run;
using Catch::Matchers::Contains;
using nlohmann::json;
using test::events_of;
using test::kTranslation;
using test::make_model;
using test::TinyRun;
using test::translation;
using test::write_pairs;

namespace fs = std::filesystem;

namespace {

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
