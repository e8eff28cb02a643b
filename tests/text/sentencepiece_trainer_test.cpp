#include "text/sentencepiece_trainer.h"

#include <catch2/catch.hpp>

#include "base/error.h"
#include "support/test_support.h"
#include "text/sentencepiece_model.h"

namespace finetune::text {
namespace {

using Algorithm = SentencePieceTrainerOptions::Algorithm;
using Kind = SentencePieceModel::PieceKind;
using test::TemporaryFolder;
using test::write_file;

std::string lines() {
  std::string text;
  for (int i = 0; i < 400; ++i)
    text += "the cat number " + std::to_string(i * 7919 % 1000) + " sat on mat " +
            std::string(1, static_cast<char>('a' + i % 26)) + "\n";
  return text;
}

SentencePieceModel train(const std::string& text, const SentencePieceTrainerOptions& options) {
  const TemporaryFolder folder;
  const std::string file = folder.path() / "text";
  write_file(file, text);
  return SentencePieceModel::parse(train_sentencepiece({file}, options));
}

TEST_CASE("A model has as many pieces as asked for, special ones where they were put") {
  SentencePieceTrainerOptions options;
  options.vocab_size = 80;
  options.pad = {0, "<pad>"};
  options.eos = {1, "</s>"};
  options.unknown = {2, "<unk>"};
  options.bos.id = -1;
  options.control_symbols = {"[MASK]", "<two words>"};
  for (const auto algorithm : {Algorithm::kUnigram, Algorithm::kBpe}) {
    options.algorithm = algorithm;
    const SentencePieceModel model = train(lines(), options);
    REQUIRE(model.pieces.size() == 80);
    CHECK(model.pieces[0].text == "<pad>");
    CHECK(model.pieces[2].kind == Kind::kUnknown);
    CHECK(model.pieces[3].text == "[MASK]");
    CHECK(model.pieces[4].text == "<two words>");
    CHECK(model.pieces[4].kind == Kind::kControl);
    CHECK(model.bos_id == -1);
    CHECK((model.algorithm == SentencePieceModel::Algorithm::kBpe) ==
          (algorithm == Algorithm::kBpe));
  }
}

TEST_CASE("Byte fallback brings pieces for all bytes, and a model that keeps text no rules") {
  SentencePieceTrainerOptions options;
  options.algorithm = Algorithm::kBpe;
  options.vocab_size = 330;
  options.byte_fallback = true;
  options.keeps_text = true;
  const SentencePieceModel model = train(lines(), options);
  CHECK(model.byte_fallback);
  CHECK(model.pieces[3].kind == Kind::kByte);
  CHECK(model.charsmap.empty());
  CHECK_FALSE(model.remove_extra_whitespaces);
}

TEST_CASE("Text that is too small, blank or missing is an error that says what to do") {
  SentencePieceTrainerOptions options;
  options.vocab_size = 8000;
  CHECK_THROWS_AS(train(lines(), options), DataError);
  CHECK_THROWS_WITH(train(lines(), options), Catch::Contains("at most"));
  for (const char* text : {"", "\n\n", " \n\u2581\u2581\n", "\u200b\u00a0\n\t\n"}) {
    INFO(text);
    CHECK_THROWS_AS(train(text, options), DataError);
  }
  CHECK_THROWS_AS(train(std::string(5000, 'x') + "\n", options), DataError);
  CHECK_THROWS_WITH(train("gut\n\xFFschlecht\n", options), Catch::Contains("text:2"));
}

TEST_CASE("Options that cannot be are errors before anything is read") {
  SentencePieceTrainerOptions options;
  options.vocab_size = 10;
  CHECK_THROWS_AS(train(lines(), options), ConfigError);
  CHECK_THROWS_WITH(train(lines(), options), Catch::Contains("no room"));
  options.vocab_size = 0;
  CHECK_THROWS_AS(train(lines(), options), ConfigError);
  options.vocab_size = 80;
  options.character_coverage = 0.5;
  CHECK_THROWS_AS(train(lines(), options), ConfigError);
  options.character_coverage = 1;
  for (const char* token : {"a,b", "a\"b", ""}) {
    options.control_symbols = {token};
    CHECK_THROWS_AS(train(lines(), options), ConfigError);
  }
}

TEST_CASE("Blank and overlong lines are passed over") {
  SentencePieceTrainerOptions options;
  options.vocab_size = 80;
  const auto with = train("\n \n" + std::string(5000, 'q') + "\n" + lines() + "\r\n", options);
  const auto without = train(lines(), options);
  REQUIRE(with.pieces.size() == without.pieces.size());
  for (size_t i = 0; i < with.pieces.size(); ++i)
    CHECK(with.pieces[i].text == without.pieces[i].text);
}

}  // namespace
}  // namespace finetune::text
