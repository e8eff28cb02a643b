#include "models/encoder_decoder/warm_start.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/files.h"
#include "models/models_test_support.h"
#include "models/parity/parity.h"
#include "support/test_support.h"
#include "tensors/safetensors_writer.h"

namespace finetune::models {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

SpecialIds ids() {
  SpecialIds out;
  out.decoder_start = 2;
  out.pad = 0;
  out.eos = {3};
  return out;
}

std::shared_ptr<const json> config_of(const std::string& fixture, const std::string& part = "") {
  const json config = json::parse(test::read_file(test::fixture_folder(fixture) / "config.json"));
  return std::make_shared<const json>(part.empty() ? config : config[part]);
}

WarmStart bert_to_bert() {
  WarmStart start;
  start.encoder.folder = test::fixture_folder("bert");
  start.decoder.folder = test::fixture_folder("bert");
  start.ids = ids();
  return start;
}

/// Whether a tensor of the model holds the values of one of a file.
bool is_from(Seq2SeqModel& model, const std::string& name, const std::string& fixture,
             const std::string& theirs) {
  const auto file = tensors::read_safetensors(test::fixture_folder(fixture) / "model.safetensors");
  return test::to_tensor(export_weights(model).at(name)).equal(test::to_tensor(file.at(theirs)));
}

TEST_CASE("BERT2BERT takes both halves from BERT's folder and says what is new") {
  const auto loaded = start_encoder_decoder(bert_to_bert(), {}, 5);
  Seq2SeqModel& model = *loaded.model;
  const std::string query = "bert.encoder.layer.1.attention.self.query.weight";
  CHECK(is_from(model, "encoder.encoder.layer.1.attention.self.query.weight", "bert", query));
  CHECK(is_from(model, "decoder." + query, "bert", query));
  CHECK(is_from(model, "encoder.pooler.dense.weight", "bert", "bert.pooler.dense.weight"));
  // A classifier has no head over the vocabulary: five tensors beside cross-attention's.
  CHECK(loaded.report.initialized.size() == 2 * 10 + 5);
  for (const std::string& name : loaded.report.initialized) {
    INFO(name);
    CHECK((name.find(".crossattention.") != std::string::npos ||
           name.starts_with("decoder.cls.predictions.")));
  }
  CHECK(model.config()["decoder"]["add_cross_attention"] == true);
  CHECK(model.special_ids().decoder_start == 2);
}

TEST_CASE("the seed decides what is new, and only that") {
  const auto weights = [](uint64_t seed) {
    return export_weights(*start_encoder_decoder(bert_to_bert(), {}, seed).model);
  };
  const auto first = weights(5);
  const auto again = weights(5);
  const auto other = weights(6);
  for (const auto& [name, view] : first) {
    INFO(name);
    const at::Tensor values = test::to_tensor(view);
    CHECK(values.equal(test::to_tensor(again.at(name))));
    const bool is_drawn = (name.find("crossattention") != std::string::npos ||
                           name.find("cls.predictions") != std::string::npos) &&
                          values.dim() == 2;
    CHECK(values.equal(test::to_tensor(other.at(name))) == !is_drawn);
  }
}

TEST_CASE("a pretrained encoder may get a decoder of random weights with its own vocabulary") {
  WarmStart start = bert_to_bert();
  start.decoder.folder.clear();
  start.decoder.config = config_of("electra_to_roberta", "decoder");
  start.ids.pad = 1;
  const auto loaded = start_encoder_decoder(start, {}, 5);
  CHECK(loaded.model->vocab_size() == 60);
  CHECK(loaded.model->target_vocab_size() == 27);
  CHECK(is_from(*loaded.model, "encoder.embeddings.word_embeddings.weight", "bert",
                "bert.embeddings.word_embeddings.weight"));
  const auto& initialized = loaded.report.initialized;
  const auto is_new = [&](const std::string& name) {
    return std::find(initialized.begin(), initialized.end(), name) != initialized.end();
  };
  CHECK(is_new("enc_to_dec_proj.weight"));  // 32 wide to 9 wide
  CHECK(is_new("decoder.roberta.embeddings.word_embeddings.weight"));
  CHECK_FALSE(is_new("encoder.embeddings.word_embeddings.weight"));
}

TEST_CASE("a pretrained GPT-2 may decode for an encoder of random weights") {
  WarmStart start;
  start.encoder.config = config_of("electra_to_roberta", "encoder");
  start.decoder.folder = test::fixture_folder("gpt2");
  start.ids = ids();
  const auto loaded = start_encoder_decoder(start, {}, 5);
  CHECK(is_from(*loaded.model, "decoder.transformer.wte.weight", "gpt2", "transformer.wte.weight"));
  for (const std::string& name : loaded.report.initialized) {
    CHECK((name.starts_with("encoder.") || name.find("cross") != std::string::npos));
  }
}

TEST_CASE("a shared pair needs one folder only") {
  WarmStart start = bert_to_bert();
  start.ties_stacks = true;
  const auto loaded = start_encoder_decoder(start, {}, 5);
  const std::string query = "bert.encoder.layer.1.attention.self.query.weight";
  CHECK(is_from(*loaded.model, "decoder." + query, "bert", query));
  CHECK(loaded.report.initialized.size() == 2 * 10 + 5);
  CHECK(loaded.model->config()["tie_encoder_decoder"] == true);
}

TEST_CASE("what was made is saved, loaded and saved again with equal bytes") {
  const test::TemporaryFolder temporary;
  const auto loaded = start_encoder_decoder(bert_to_bert(), {}, 5);
  Seq2SeqModel* model = loaded.model.get();
  std::unique_ptr<Seq2SeqModel> again;
  for (const char* name : {"first", "second"}) {
    const fs::path folder = temporary.path() / name;
    test::write_file(folder / "config.json", model->config().dump());
    tensors::write_safetensors(base::posix_fs(), folder / "model.safetensors",
                               export_weights(*model));
    LoadOptions own;
    own.allow_new_head = false;
    again = load_seq2seq_model(folder, {}, 9, own).model;
    model = again.get();
  }
  for (const char* file : {"config.json", "model.safetensors"}) {
    CHECK(test::read_file(temporary.path() / "first" / file) ==
          test::read_file(temporary.path() / "second" / file));
  }
}

TEST_CASE("folders that are no models, and those that do not fit, are refused") {
  const test::TemporaryFolder temporary;
  WarmStart start = bert_to_bert();
  start.decoder.folder = temporary.path();
  const auto error = [&] {
    return test::error_of<CheckpointError>([&] { start_encoder_decoder(start, {}, 1); });
  };
  CHECK_THAT(error(), Catch::Contains("no config.json in") && Catch::Contains("as the decoder"));
  start.decoder.config = config_of("bert");
  CHECK_FALSE(error().empty());  // no weights
  start.decoder.folder = test::fixture_folder("roberta");
  CHECK_THAT(error(), Catch::Contains("missing ("));
  start = bert_to_bert();
  start.ids.decoder_start.reset();
  CHECK_THAT(error(), Catch::Contains("'decoder_start_token_id' is missing"));
}

}  // namespace
}  // namespace finetune::models
