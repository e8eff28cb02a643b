#include "text/sentencepiece_writer.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

namespace finetune::text {
namespace {

using nlohmann::json;
using Kind = SentencePieceModel::PieceKind;

SentencePieceModel model(const std::vector<std::string>& specials) {
  SentencePieceModel made;
  for (const std::string& text : specials)
    made.pieces.push_back({text, 0, text == "<unk>" ? Kind::kUnknown : Kind::kControl});
  made.pieces.push_back({"\u2581a", -1.5, Kind::kNormal});
  made.pieces.push_back({"1,", -2.5, Kind::kNormal});
  made.charsmap = "rules";
  return made;
}

json tokenizer_of(const TrainedClass& type, const std::vector<std::string>& pieces) {
  return json::parse(sentencepiece_files(model(pieces), "bytes", {type}).at("tokenizer.json"));
}

TEST_CASE("T5: pieces with their scores, rules, and the end after each text") {
  const TrainedClass& t5 = find_trained_class("t5", TokenizerKind::kUnigram);
  const TokenizerFiles files = sentencepiece_files(model(t5.specials), "bytes", {t5});
  CHECK(files.at("spiece.model") == "bytes");
  const json tokenizer = json::parse(files.at("tokenizer.json"));
  CHECK(tokenizer.at("model").at("unk_id") == 2);
  CHECK(tokenizer.at("model").at("vocab")[3] == json::parse("[\"\u2581a\", -1.5]"));
  CHECK(tokenizer.at("normalizer").at("normalizers")[0].at("precompiled_charsmap") == "cnVsZXM=");
  CHECK(tokenizer.at("post_processor").at("single").size() == 2);
}

TEST_CASE("XLM-R: ids move by one, and the mask comes last") {
  const TrainedClass& type = find_trained_class("xlm-roberta", TokenizerKind::kUnigram);
  const json tokenizer = tokenizer_of(type, {"<unk>", "<s>", "</s>"});
  const json& vocabulary = tokenizer.at("model").at("vocab");
  REQUIRE(vocabulary.size() == 7);
  CHECK(vocabulary[1][0] == "<pad>");
  CHECK(vocabulary[3][0] == "<unk>");
  CHECK(vocabulary[4][0] == "\u2581a");
  CHECK(vocabulary[6][0] == "<mask>");
  CHECK(tokenizer.at("added_tokens").back().at("id") == 6);
  CHECK(tokenizer.at("model").at("unk_id") == 3);
}

TEST_CASE("ALBERT: a number with a comma is a last resort") {
  const TrainedClass& type = find_trained_class("albert", TokenizerKind::kUnigram);
  const json tokenizer = tokenizer_of(type, type.specials);
  CHECK(tokenizer.at("model").at("vocab")[5][1] == -1.5);
  CHECK(tokenizer.at("model").at("vocab")[6][1] == -102.5);
  CHECK(tokenizer.at("post_processor").at("pair").size() == 5);
}

TEST_CASE(
    "Llama: merges out of the pieces, bytes for what is unknown, the start before each text") {
  const TrainedClass& type = find_trained_class("llama", TokenizerKind::kSentencePieceBpe);
  SentencePieceModel pieces = model(type.specials);
  pieces.pieces.push_back({"1", -3, Kind::kNormal});
  pieces.pieces.push_back({",", -4, Kind::kNormal});
  const TokenizerFiles files = sentencepiece_files(pieces, "bytes", {type});
  CHECK(files.contains("tokenizer.model"));
  const json tokenizer = json::parse(files.at("tokenizer.json"));
  CHECK(tokenizer.at("model").at("merges") == json::parse(R"([["1", ","]])"));
  CHECK(tokenizer.at("model").at("byte_fallback") == true);
  CHECK(tokenizer.at("pre_tokenizer").is_null());
  CHECK(tokenizer.at("post_processor").at("single")[0].at("SpecialToken").at("id") == "<s>");
}

}  // namespace
}  // namespace finetune::text
