#include "run/model_folder.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "data/prepare.h"
#include "models/load.h"
#include "run/tiny_run.h"
#include "tasks/classification_type.h"
#include "tensors/safetensors_writer.h"

using namespace finetune;
using namespace finetune::run;
using Catch::Matchers::Contains;
using nlohmann::json;
using tasks::Problem;
using test::TinyRun;

namespace {

namespace fs = std::filesystem;

std::unique_ptr<models::SequenceClassifier> model_with(const TinyRun& tiny, int64_t num_labels) {
  models::HeadOptions head;
  head.num_labels = num_labels;
  return models::load_sequence_classifier(tiny / "model", head, 1, {}).model;
}

std::unique_ptr<tasks::TaskType> type_of(Problem problem) {
  auto type = std::make_unique<tasks::ClassificationType>();
  type->adopt({{"problem_type", tasks::hugging_face_name_of(problem)}, {"id2label", {{"0", "a"}}}},
              "");
  return type;
}

Problem problem_of(const TrainedModel& trained) {
  return dynamic_cast<const tasks::ClassificationType&>(*trained.type).problem();
}

/// Changes keys of <tiny>/model/config.json by a merge patch.
void patch_model_config(const TinyRun& tiny, const std::string& patch) {
  json config = json::parse(test::read_file(tiny / "model/config.json"));
  config.merge_patch(json::parse(patch));
  tiny.write("model/config.json", config.dump());
}

std::string load_error(const TinyRun& tiny) {
  return test::error_of<CheckpointError>([&] { load_trained_model(tiny / "model"); });
}

std::string resolve_error(const fs::path& path) {
  return test::error_of<CheckpointError>([&] { resolve_model_folder(path); });
}

/// name -> bytes of every file of a folder.
std::map<std::string, std::string> contents_of(const fs::path& folder) {
  std::map<std::string, std::string> contents;
  for (const auto& entry : fs::directory_iterator(folder))
    contents[entry.path().filename().string()] = test::read_file(entry.path());
  return contents;
}

TEST_CASE("a target with a slash at its end is the folder before it, also when it is replaced") {
  const TinyRun tiny;
  tiny.train();
  const fs::path target = fs::path(tiny / "out") / "";
  export_model(tiny / "run", target, false);
  CHECK(fs::exists(tiny / "out" / "model.safetensors"));
  export_model(tiny / "run", target, true);
  CHECK(fs::exists(tiny / "out" / "model.safetensors"));
  for (const auto& entry : fs::directory_iterator(tiny / "")) {
    CHECK_FALSE(entry.path().filename().string().starts_with("."));
  }
}

TEST_CASE("a checkpoint with a damaged file is not evaluated or exported as if it were whole") {
  const TinyRun tiny;
  tiny.train();
  const fs::path weights = tiny / "run" / "best" / "model.safetensors";
  std::string bytes = test::read_file(weights);
  bytes[bytes.size() - 3] =
      static_cast<char>(bytes[bytes.size() - 3] ^ 1);  // a finite number still
  test::write_file(weights, bytes);
  const std::string error =
      test::error_of<CheckpointError>([&] { load_trained_model(tiny / "run"); });
  CHECK_THAT(error, Contains("model.safetensors") && Contains("damaged"));
}

}  // namespace

TEST_CASE("a model folder comes back with its weights, labels, problem and tokenizer") {
  const TinyRun tiny;
  struct Case {
    Problem problem;
    std::vector<std::string> names;
  };
  for (const Case& c : {Case{Problem::kSingleLabel, {"no", "yes"}},
                        Case{Problem::kMultiLabel, {"red", "green", "blue", "über"}},
                        Case{Problem::kRegression, {}}}) {
    const data::LabelMap labels(c.names);
    const int64_t num_labels = c.names.empty() ? 1 : labels.size();
    const auto model = model_with(tiny, num_labels);
    const test::TemporaryFolder folder;
    write_model_folder(base::posix_fs(), folder.path(),
                       {*model, load_tokenizers(tiny / "model"), labels, *type_of(c.problem)});
    const TrainedModel loaded = load_trained_model(folder.path());
    CHECK(problem_of(loaded) == c.problem);
    CHECK(loaded.labels.names() == c.names);
    CHECK(loaded.tokenizers.source->vocab_size() == 60);
    const auto before = models::export_weights(*model);
    const auto after = models::export_weights(*loaded.model);
    REQUIRE(before.size() == after.size());
    for (const auto& [name, tensor] : before) {
      INFO(name);
      CHECK(std::ranges::equal(tensor.bytes, after.at(name).bytes));
    }
  }
}

TEST_CASE("the folder says to transformers what the labels are") {
  const TinyRun tiny;
  const auto model = model_with(tiny, 2);
  const data::LabelMap labels({"no", "yes"});
  const test::TemporaryFolder folder;
  write_model_folder(
      base::posix_fs(), folder.path(),
      {*model, load_tokenizers(tiny / "model"), labels, *type_of(Problem::kSingleLabel)});
  const json config = json::parse(test::read_file(folder.path() / "config.json"));
  CHECK(config.at("id2label") == json::parse(R"({"0": "no", "1": "yes"})"));
  CHECK(config.at("label2id") == json::parse(R"({"no": 0, "yes": 1})"));
  CHECK(config.at("problem_type") == "single_label_classification");
  CHECK(config.at("architectures") == json{"BertForSequenceClassification"});
  CHECK(test::read_file(folder.path() / "vocab.txt") == test::tiny_vocabulary());
  CHECK(fs::exists(folder.path() / "tokenizer_config.json"));
}

TEST_CASE("an export is the same bytes every time, and an export of an export") {
  const TinyRun tiny;
  export_model(tiny / "model", tiny / "a", false);
  export_model(tiny / "model", tiny / "b", false);
  export_model(tiny / "a", tiny / "deep/c", false);
  const auto contents = contents_of(tiny / "a");
  CHECK(contents.contains("model.safetensors"));
  CHECK(contents == contents_of(tiny / "b"));
  CHECK(contents == contents_of(tiny / "deep/c"));
}

TEST_CASE("an export replaces only an earlier export, and only when told to") {
  const TinyRun tiny;
  const auto export_error = [&](const std::string& target, bool overwrites) {
    return test::error_of<BusyError>(
        [&] { export_model(tiny / "model", tiny / target, overwrites); });
  };
  fs::create_directory(tiny / "out");
  CHECK(export_error("out", false).empty());  // an empty folder holds nothing to lose
  CHECK_THAT(export_error("out", false), Contains("exists already") && Contains("--overwrite"));
  tiny.write("out/stale.bin", "x");
  CHECK(export_error("out", true).empty());
  CHECK_FALSE(fs::exists(tiny / "out/stale.bin"));

  tiny.write("notes/todo.txt", "x");
  CHECK_THAT(export_error("notes", true), Contains("is no earlier export"));
  tiny.write("file", "x");
  CHECK_THAT(export_error("file", true), Contains("is no earlier export"));
  CHECK(test::read_file(tiny / "notes/todo.txt") == "x");
  CHECK(test::read_file(tiny / "file") == "x");
}

TEST_CASE("an export never replaces a run or a checkpoint") {
  const TinyRun tiny;
  tiny.train(R"({"training": {"max_steps": 1}})");
  for (const std::string target : {"run", "run/checkpoint-1", "run/best"}) {
    INFO(target);
    CHECK_THAT(test::error_of<BusyError>([&] { export_model(tiny / "run", tiny / target, true); }),
               Contains("is no earlier export"));
  }
  CHECK(fs::exists(tiny / "run/checkpoint-1/state.json"));
  export_model(tiny / "run", tiny / "out", false);
  CHECK_FALSE(fs::exists(tiny / "out/state.json"));
  CHECK_FALSE(fs::exists(tiny / "out/optimizer.safetensors"));
  CHECK_FALSE(fs::exists(tiny / "out/manifest.json"));
  CHECK(test::read_file(tiny / "out/model.safetensors") ==
        test::read_file(tiny / "run/best/model.safetensors"));
}

TEST_CASE("an export of what cannot be loaded leaves nothing behind") {
  const TinyRun tiny;
  fs::remove(tiny / "model/model.safetensors");
  CHECK_THROWS_AS(export_model(tiny / "model", tiny / "out/model", false), CheckpointError);
  CHECK_FALSE(fs::exists(tiny / "out/model"));
}

TEST_CASE("a path stands for the best model of a run, else the last, else for itself") {
  const TinyRun tiny;
  const fs::path run = tiny / "some_run";
  tiny.write("some_run/environment.json", "{}");
  tiny.write("some_run/config.json", "{}");
  CHECK_THAT(resolve_error(run), Contains("not saved a checkpoint yet"));
  tiny.write("some_run/checkpoint-1/config.json", "{}");
  tiny.write("some_run/checkpoint-2/config.json", "{}");
  fs::create_symlink("checkpoint-2", run / "last");
  CHECK(resolve_model_folder(run) == fs::canonical(run / "checkpoint-2"));
  fs::create_symlink("checkpoint-1", run / "best");
  CHECK(resolve_model_folder(run) == fs::canonical(run / "checkpoint-1"));
  CHECK(resolve_model_folder(run / "last") == run / "last");
  CHECK(resolve_model_folder(tiny / "model") == tiny / "model");

  CHECK_THAT(resolve_error(tiny / "nowhere"), Contains("no such file or folder"));
  fs::create_directory(tiny / "empty");
  CHECK_THAT(resolve_error(tiny / "empty"), Contains("neither a run") && Contains("config.json"));
  CHECK_THAT(resolve_error(tiny / "train.tsv"), Contains("neither a run"));

  CHECK(resolve_run_folder(run) == fs::canonical(run));
  CHECK(resolve_run_folder(run / "best") == fs::canonical(run));
  CHECK_FALSE(resolve_run_folder(tiny / "model"));
}

TEST_CASE("a folder without a trained head cannot answer") {
  const TinyRun tiny;
  tensors::NamedTensors weights = tensors::read_weights(tiny / "model");
  const test::TemporaryFolder folder;
  weights.erase("classifier.weight");
  weights.erase("classifier.bias");
  tensors::write_safetensors(base::posix_fs(), folder.path() / "model.safetensors", weights);
  fs::rename(folder.path() / "model.safetensors", tiny / "model/model.safetensors");
  CHECK_THAT(load_error(tiny), Contains("loading") && Contains("classifier.weight"));
}

TEST_CASE("labels are numbered without holes and named once") {
  const TinyRun tiny;
  patch_model_config(tiny, R"({"id2label": {"1": null, "3": "best"}})");
  CHECK_THAT(load_error(tiny),
             Contains("config.json") && Contains("no name for id 1") && Contains("from 0 to 2"));
  patch_model_config(tiny, R"({"id2label": ["a", "b"]})");
  CHECK_THAT(load_error(tiny), Contains("'id2label' should be an object"));
  patch_model_config(tiny, R"({"id2label": null})");
  patch_model_config(tiny, R"({"id2label": {"0": "a", "1": "b", "2": "a"}})");
  CHECK_THAT(load_error(tiny), Contains("config.json") && Contains("'a' is named twice"));
}

TEST_CASE("a problem that is not named is Hugging Face's default, an unknown one is refused") {
  const TinyRun tiny;
  CHECK(problem_of(load_trained_model(tiny / "model")) == Problem::kSingleLabel);
  patch_model_config(tiny, R"({"problem_type": "regression"})");
  const TrainedModel regression = load_trained_model(tiny / "model");
  CHECK(problem_of(regression) == Problem::kRegression);
  CHECK(regression.type->description({}) == "a regression task with 3 labels");
  CHECK(regression.labels.size() == 0);
  patch_model_config(tiny, R"({"problem_type": "guessing"})");
  CHECK_THAT(load_error(tiny), Contains("unknown problem_type") && Contains("guessing"));
}

TEST_CASE("a tokenizer with more ids than the embedding has rows is refused") {
  const TinyRun tiny;
  tiny.write("model/vocab.txt", test::tiny_vocabulary() + "one too many\n");
  CHECK_THAT(load_error(tiny), Contains("ids up to 60") && Contains("only 60 rows"));
}
