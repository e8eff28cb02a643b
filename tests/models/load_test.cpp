#include "models/load.h"

#include <catch2/catch.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/files.h"
#include "models/models_test_support.h"
#include "support/test_support.h"
#include "tensors/safetensors_writer.h"

namespace finetune::models {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

HeadOptions three_labels() {
  HeadOptions head;
  head.num_labels = 3;
  return head;
}

std::string error_of(const fs::path& folder) {
  return test::error_of<CheckpointError>(
      [&] { load_sequence_classifier(folder, three_labels(), 1, {}); });
}

void copy_tiny(const fs::path& folder, const std::string& key = "", const json& value = {}) {
  json config = test::tiny_config();
  if (!key.empty()) config[key] = value;
  test::write_file(folder / "config.json", config.dump());
  fs::copy_file(test::tiny_bert() / "model.safetensors", folder / "model.safetensors",
                fs::copy_options::overwrite_existing);
}

TEST_CASE("a folder becomes a model with its weights and its labels") {
  const LoadedClassifier loaded =
      load_sequence_classifier(test::tiny_bert(), three_labels(), 1, {});
  CHECK(loaded.report.initialized.empty());
  CHECK(loaded.model->config()["id2label"]["2"] == "good");
}

TEST_CASE("a head that the folder lacks has the values that building from the seed gives") {
  HeadOptions head;
  head.num_labels = 4;
  const auto loaded = load_sequence_classifier(test::tiny_bert(), head, 17, {});
  const auto built = build_sequence_classifier(test::tiny_config(), head, 17);
  const auto theirs = export_weights(*built);
  const auto ours = export_weights(*loaded.model);
  for (const char* name : {"classifier.weight", "classifier.bias"}) {
    CHECK(test::to_tensor(ours.at(name)).equal(test::to_tensor(theirs.at(name))));
  }
  CHECK(loaded.report.initialized.size() == 2);
}

TEST_CASE("writing a loaded model, loading and writing it again gives the same bytes") {
  const test::TemporaryFolder temporary;
  HeadOptions head;
  head.num_labels = 2;
  fs::path source = test::tiny_bert();
  std::vector<std::string> weights;
  std::vector<std::string> configs;
  for (const char* name : {"first", "second"}) {
    const auto loaded = load_sequence_classifier(source, head, 5, {});
    const fs::path folder = temporary.path() / name;
    configs.push_back(loaded.model->config().dump());
    test::write_file(folder / "config.json", configs.back());
    tensors::write_safetensors(base::posix_fs(), folder / "model.safetensors",
                               export_weights(*loaded.model));
    weights.push_back(test::read_file(folder / "model.safetensors"));
    source = folder;
  }
  CHECK(weights[0] == weights[1]);
  CHECK(configs[0] == configs[1]);
}

TEST_CASE("exporting what transformers saved gives its file byte for byte") {
  const test::TemporaryFolder temporary;
  const auto loaded = load_sequence_classifier(test::tiny_bert(), three_labels(), 1, {});
  const fs::path file = temporary.path() / "model.safetensors";
  tensors::write_safetensors(base::posix_fs(), file, export_weights(*loaded.model));
  CHECK(test::read_file(file) == test::read_file(test::tiny_bert() / "model.safetensors"));
}

TEST_CASE("a folder that is no model is refused with what it should be") {
  const test::TemporaryFolder temporary;
  CHECK_THAT(error_of(temporary.path()),
             Catch::Contains("no config.json there") && Catch::Contains(temporary.path().string()));
  CHECK_THAT(error_of(temporary.path() / "absent"), Catch::Contains("no config.json there"));
  test::write_file(temporary.path() / "config.json", "{\"model_type\": ");
  CHECK_THAT(error_of(temporary.path()), Catch::Contains("config.json"));
  test::write_file(temporary.path() / "config.json", test::tiny_config().dump());
  CHECK_FALSE(error_of(temporary.path()).empty());  // no weights
}

TEST_CASE("sizes in config.json that differ from the weights are refused tensor by tensor") {
  const test::TemporaryFolder temporary;
  copy_tiny(temporary.path(), "vocab_size", 61);
  CHECK_THAT(error_of(temporary.path()),
             Catch::Contains("bert.embeddings.word_embeddings.weight: [60, 32] in the file, "
                             "[61, 32] in the model"));
  copy_tiny(temporary.path(), "num_hidden_layers", 1);
  CHECK_THAT(
      error_of(temporary.path()),
      Catch::Contains("not part of the model that config.json describes (16; --allow-unused"));
  copy_tiny(temporary.path(), "num_hidden_layers", 3);
  CHECK_THAT(error_of(temporary.path()), Catch::Contains("missing (16)"));
  copy_tiny(temporary.path(), "hidden_act", "gelu_10");
  CHECK_THAT(error_of(temporary.path()), Catch::Contains("'hidden_act' is"));
}

TEST_CASE("a damaged weight file is refused") {
  const test::TemporaryFolder temporary;
  copy_tiny(temporary.path());
  fs::resize_file(temporary.path() / "model.safetensors", 70000);
  CHECK_THAT(error_of(temporary.path()), Catch::Contains("model.safetensors"));
}

}  // namespace
}  // namespace finetune::models
