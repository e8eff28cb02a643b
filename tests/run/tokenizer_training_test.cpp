#include "run/tokenizer_training.h"

#include <catch2/catch.hpp>

#include "base/error.h"
#include "support/test_support.h"

using namespace finetune;
using namespace finetune::run;
using Catch::Matchers::Contains;

TEST_CASE("how a tokenizer is trained is read strictly, and errors name the key") {
  const TokenizerTraining training = read_tokenizer_training(
      "model.tokenizer", R"({"train": "byte-bpe", "vocab_size": 300, "joint": true})");
  CHECK(training.kind == "byte-bpe");
  CHECK(training.vocab_size == 300);
  CHECK(training.joint);
  CHECK(read_tokenizer_training("k", R"({"train": "unigram"})").vocab_size == 8000);
  const auto error = [](const std::string& object) {
    try {
      read_tokenizer_training("model.target_tokenizer", object);
    } catch (const ConfigError& problem) {
      return problem.report();
    }
    return std::string();
  };
  CHECK_THAT(error(R"({"train": "unigram", "vocab_sise": 1})"),
             Contains("model.target_tokenizer") && Contains("vocab_size"));
  CHECK_THAT(error(R"({"vocab_size": 100})"), Contains("train: missing"));
  CHECK_THAT(error(R"({"train": "chars"})"), Contains("byte-bpe"));
}

TEST_CASE("a trained vocabulary has the files of a tokenizer folder") {
  const test::TemporaryFolder folder;
  test::write_file(folder.path() / "a.txt", "to be or not to be\nthat is the question\n");
  TokenizerTraining training;
  training.kind = "byte-bpe";
  training.vocab_size = 260;
  const auto files = train_vocabulary(training, {(folder.path() / "a.txt").string()}, 1);
  CHECK(files.contains("tokenizer.json"));
  CHECK(files.contains("tokenizer_config.json"));
}
