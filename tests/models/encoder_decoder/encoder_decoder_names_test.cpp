#include "models/encoder_decoder/encoder_decoder_names.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <set>

#include "models/models_test_support.h"
#include "models/parity/parity.h"
#include "support/test_support.h"

namespace finetune::models {
namespace {

using nlohmann::json;

EncoderDecoderConfig tiny(const std::string& name) {
  return read_encoder_decoder_config(
      json::parse(test::read_file(test::fixture_folder(name) / "config.json")), {});
}

/// Part names with a piece of their own folder's spelling, by their name in the whole.
std::string in_part(const NameTable& table, const std::string& whole) {
  for (const NameRow& row : table.rows) {
    if (row.ours == whole) return row.theirs;
  }
  return "absent";
}

TEST_CASE("what a pretrained part does not bring along is the head") {
  for (const NameRow& row : encoder_decoder_names(tiny("electra_to_roberta")).rows) {
    INFO(row.theirs);
    const bool is_new = row.theirs.find("crossattention") != std::string::npos ||
                        row.theirs.find("lm_head") != std::string::npos ||
                        row.theirs.starts_with("enc_to_dec_proj");
    CHECK(row.is_head == is_new);
  }
  for (const NameRow& row : encoder_decoder_names(tiny("distilbert_to_gpt2")).rows) {
    INFO(row.theirs);
    CHECK(row.is_head == (row.theirs.find("cross") != std::string::npos ||
                          row.theirs.starts_with("enc_to_dec_proj")));
  }
}

TEST_CASE("tensors of a folder of its own are found under their names in the whole") {
  const EncoderDecoderConfig bert = tiny("bert_to_bert");
  CHECK(in_part(encoder_part_names(bert), "encoder.encoder.layer.0.output.dense.bias") ==
        "bert.encoder.layer.0.output.dense.bias");
  CHECK(in_part(encoder_part_names(bert), "encoder.pooler.dense.bias") == "bert.pooler.dense.bias");
  CHECK(in_part(decoder_part_names(bert), "decoder.bert.embeddings.word_embeddings.weight") ==
        "bert.embeddings.word_embeddings.weight");
  CHECK(in_part(decoder_part_names(bert), "decoder.cls.predictions.bias") ==
        "cls.predictions.bias");
  const EncoderDecoderConfig gpt2 = tiny("distilbert_to_gpt2");
  CHECK(in_part(encoder_part_names(gpt2), "encoder.transformer.layer.0.ffn.lin1.weight") ==
        "distilbert.transformer.layer.0.ffn.lin1.weight");
  CHECK(in_part(decoder_part_names(gpt2), "decoder.transformer.h.0.attn.c_attn.weight") ==
        "transformer.h.0.attn.c_attn.weight");
}

TEST_CASE("a shared pair takes its layers and its head from the encoder's folder") {
  const NameTable table = encoder_part_names(tiny("bert_share"));
  CHECK(in_part(table, "decoder.bert.encoder.layer.0.output.dense.bias") ==
        "bert.encoder.layer.0.output.dense.bias");
  CHECK(in_part(table, "decoder.cls.predictions.bias") == "cls.predictions.bias");
  CHECK(in_part(table, "encoder.pooler.dense.weight") == "bert.pooler.dense.weight");
}

}  // namespace
}  // namespace finetune::models
