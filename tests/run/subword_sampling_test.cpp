#include "run/subword_sampling.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "run/translation_run.h"

using namespace finetune;
using namespace finetune::run;
using Catch::Matchers::Contains;
using nlohmann::json;
using test::RecordingObserver;
using test::TinyRun;

namespace {

namespace fs = std::filesystem;

/// A translation of numbers with a Unigram vocabulary of words and letters.
constexpr const char* kTranslation = R"({
  "model": {"path": null, "type": "marian", "config": {
      "d_model": 16, "encoder_layers": 1, "decoder_layers": 1, "encoder_attention_heads": 2,
      "decoder_attention_heads": 2, "encoder_ffn_dim": 32, "decoder_ffn_dim": 32, "dropout": 0.1,
      "max_position_embeddings": 64},
    "tokenizer": {"train": "unigram", "vocab_size": 32}},
  "task": {"type": "translation"},
  "data": {"train": {"source": "t.en", "target": "t.de"},
           "validation": {"source": "v.en", "target": "v.de"}, "test": null,
           "subword_sampling": {"alpha": 0.2}},
  "training": {"num_train_epochs": 3, "batch_size": null, "batch_tokens": 20,
               "gradient_accumulation_steps": 2},
  "evaluation": {"metric": "loss", "every": "1 epochs", "decode_examples": 0},
  "checkpoints": {"every": "2 steps", "keep_last": 99}})";

/// Folder of a run of kTranslation with this "subword_sampling".
struct Translation {
  explicit Translation(const char* sampling) : config(json::parse(kTranslation)) {
    config["data"]["subword_sampling"] = json::parse(sampling);
    test::write_pairs(tiny, "t", 36, 0, 6);
    test::write_pairs(tiny, "v", 6, 3, 6);
  }

  /// What the last checkpoint holds.
  std::string last_weights() const {
    return test::read_file(tiny / "run/last/model.safetensors") +
           test::read_file(tiny / "run/last/optimizer.safetensors");
  }

  TinyRun tiny;
  json config;
};

}  // namespace

TEST_CASE("a run with subword sampling that was cut off ends with the bits of one that was not") {
  const Translation whole(R"({"alpha": 0.2})");
  const Translation parts(R"({"alpha": 0.2})");
  whole.tiny.train(whole.config.dump());
  parts.tiny.train(parts.config.dump());
  const int64_t last =
      json::parse(test::read_file(whole.tiny / "run/trainer_state.json")).at("global_step");
  REQUIRE(last > 15);                           // more than five an epoch
  for (int64_t step = 9; step <= last; ++step)  // 8 is inside the second one
    fs::remove_all(parts.tiny / ("run/checkpoint-" + std::to_string(step)));
  fs::remove(parts.tiny / "run/best");
  fs::remove(parts.tiny / "run/last");
  RecordingObserver observer;
  run::train({parts.tiny.config(parts.config.dump())}, observer);
  CHECK(observer.updates_at_start == 8);
  CHECK(parts.last_weights() == whole.last_weights());
}

TEST_CASE("what is drawn is learned from, and a resumed run must go on drawing it") {
  const Translation sampled(R"({"alpha": 0.2})");
  const Translation one_side(R"({"alpha": 0.2, "target": false})");
  const Translation best_alone(R"({"nbest": 1})");
  const Translation off("null");
  for (const Translation* run : {&sampled, &one_side, &best_alone, &off})
    run->tiny.train(run->config.dump());
  CHECK(best_alone.last_weights() == off.last_weights());
  CHECK(sampled.last_weights() != off.last_weights());
  CHECK(sampled.last_weights() != one_side.last_weights());

  json changed = sampled.config;
  changed["data"]["subword_sampling"]["alpha"] = 0.3;
  CHECK_THAT(test::error_of<ConfigError>([&] { sampled.tiny.train(changed.dump()); }),
             Contains("data.subword_sampling.alpha: 0.2 -> 0.3"));
}

TEST_CASE("a tokenizer that cuts in one way only cannot be sampled from") {
  const TinyRun tiny;
  const auto train = [&](const char* patch) {
    return test::error_of<ConfigError>([&] { tiny.train(patch); });
  };
  CHECK_THAT(train(R"({"data": {"subword_sampling": {}}})"),
             Contains("data.subword_sampling.source: the tokenizer (WordPiece"));
  CHECK_FALSE(fs::exists(tiny / "run/last"));
}

TEST_CASE("of two tokenizers only those whose side is sampled must have it") {
  Translation two(R"({})");
  two.config["model"].erase("tokenizer");
  two.config["model"]["source_tokenizer"] = "model";
  two.config["model"]["target_tokenizer"] = {{"train", "unigram"}, {"vocab_size", 20}};
  RunConfig config = two.tiny.config(two.config.dump());
  fs::create_directories(config.output_dir);
  Tokenizers tokenizers = build_tokenizers(config, std::nullopt, 1);
  const auto error = [&] {
    return test::error_of<ConfigError>([&] { check_subword_sampling(config, tokenizers); });
  };
  CHECK_THAT(error(), Contains("data.subword_sampling.source: the tokenizer (WordPiece"));
  config.data.subword_sampling->source = false;
  CHECK(error().empty());
  std::swap(tokenizers.source, tokenizers.target);
  CHECK_THAT(error(), Contains("data.subword_sampling.target: the tokenizer (WordPiece"));
  config.data.subword_sampling->target = false;
  CHECK(error().empty());
  config.data.subword_sampling.reset();
  CHECK(error().empty());
}
