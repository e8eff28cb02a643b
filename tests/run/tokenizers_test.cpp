#include "run/tokenizers.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "run/tiny_run.h"

using namespace finetune;
using namespace finetune::run;
using Catch::Matchers::Contains;
using nlohmann::json;
using test::TinyRun;

namespace {

namespace fs = std::filesystem;

/// A config of a translation from random weights with these keys of "model".
RunConfig translation(const TinyRun& tiny, const std::string& tokenizers) {
  std::string english;
  std::string german;
  for (int i = 0; i < 40; ++i) {
    english += "the dog number " + std::to_string(i) + " runs\n";
    german += "der Hund Nummer " + std::to_string(i) + " läuft\n";
  }
  tiny.write("t.en", english);
  tiny.write("t.de", german);
  const RunConfig config =
      tiny.config(R"({"model": {"path": null, "type": "marian", "config": {}, )" + tokenizers +
                  R"(}, "task": {"type": "translation"},
      "data": {"train": {"source": "t.en", "target": "t.de"}, "validation": null, "test": null},
      "evaluation": {"metric": "loss"}})");
  fs::create_directories(config.output_dir);
  return config;
}

}  // namespace

TEST_CASE("a joint vocabulary is trained on both sides and kept in the run folder") {
  const TinyRun tiny;
  const RunConfig config =
      translation(tiny, R"("tokenizer": {"train": "byte-bpe", "vocab_size": 300})");
  const Tokenizers tokenizers = build_tokenizers(config, std::nullopt, 1);
  CHECK(tokenizers.is_shared());
  CHECK(tokenizers.source->id_of("Ġdog").has_value());
  CHECK(tokenizers.source->id_of("ĠHund").has_value());
  CHECK(fs::exists(tiny / "run/tokenizer/source/tokenizer.json"));
  CHECK_FALSE(fs::exists(tiny / "run/tokenizer/source.txt.tmp"));
}

TEST_CASE("each side may have its own vocabulary, and both come back from a model folder") {
  const TinyRun tiny;
  const RunConfig config = translation(
      tiny,
      R"("source_tokenizer": "model", "target_tokenizer": {"train": "byte-bpe", "vocab_size": 270})");
  const Tokenizers tokenizers = build_tokenizers(config, std::nullopt, 1);
  CHECK_FALSE(tokenizers.is_shared());
  CHECK(tokenizers.source->vocab_size() == 60);
  CHECK(tokenizers.target->vocab_size() == 270);
  const test::TemporaryFolder folder;
  write_tokenizers(base::posix_fs(), folder.path(), tokenizers);
  const Tokenizers again = build_tokenizers(config, folder.path(), 1);
  CHECK(again.source->fingerprint() == tokenizers.source->fingerprint());
  CHECK(again.target->fingerprint() == tokenizers.target->fingerprint());
}

TEST_CASE("a model from random weights gets sizes and ids from its tokenizers") {
  const TinyRun tiny;
  const RunConfig config = translation(
      tiny, R"("tokenizer": {"train": "byte-bpe", "vocab_size": 300, "class": "bart"})");
  const Tokenizers tokenizers = build_tokenizers(config, std::nullopt, 1);
  json model = {{"model_type", "marian"}, {"eos_token_id", 77}};
  add_vocabulary(model, tokenizers);
  CHECK(model.at("vocab_size") == tokenizers.source->vocab_size());
  CHECK(model.at("pad_token_id") == *tokenizers.source->id_of("<pad>"));
  CHECK(model.at("decoder_start_token_id") == *tokenizers.source->id_of("<pad>"));
  CHECK(model.at("bos_token_id") == *tokenizers.source->id_of("<s>"));
  CHECK(model.at("eos_token_id") == 77);  // what is given stays
  CHECK(model.at("forced_eos_token_id") == 77);
  json reader = {{"model_type", "bert"}};
  add_vocabulary(reader, tokenizers);
  CHECK_FALSE(reader.contains("forced_eos_token_id"));
}

TEST_CASE("a vocabulary that cannot be trained is an error of its key") {
  const TinyRun tiny;
  const RunConfig config =
      translation(tiny, R"("tokenizer": {"train": "unigram", "vocab_size": 9})");
  CHECK_THAT(test::error_of<ConfigError>([&] { build_tokenizers(config, std::nullopt, 1); }),
             Contains("training model.tokenizer") && Contains("choose a larger vocabulary size") &&
                 !Contains("--"));
}

TEST_CASE("rows that a vocabulary is not trained on are the data's to report") {
  const TinyRun tiny;
  RunConfig config = translation(tiny, R"("tokenizer": {"train": "byte-bpe", "vocab_size": 300})");
  tiny.write("t.de", test::read_file(tiny / "t.de").replace(0, 3, "\xFF\xFF\xFF"));
  CHECK_THAT(test::error_of<DataError>([&] { build_tokenizers(config, std::nullopt, 1); }),
             Contains("t.en:1") && Contains("UTF-8"));
  config.data.on_bad_row = "skip";
  CHECK_THAT(test::logged([&] { build_tokenizers(config, std::nullopt, 1); }),
             Contains("training a tokenizer") && !Contains("left out"));
}

TEST_CASE("a model without a tokenizer is an error that says how to train one") {
  const TinyRun tiny;
  RunConfig config = translation(tiny, R"("tokenizer": "model")");
  CHECK(build_tokenizers(config, std::nullopt, 1).source->vocab_size() == 60);
  config.model.tokenizer.reset();
  CHECK_THAT(test::error_of<ConfigError>([&] { build_tokenizers(config, std::nullopt, 1); }),
             Contains("model.tokenizer is missing") && Contains("\"train\": \"unigram\""));
}
