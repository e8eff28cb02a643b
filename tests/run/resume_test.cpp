#include "run/resume.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "run/tiny_run.h"
#include "train/checkpoint_store.h"

using namespace finetune;
using namespace finetune::run;
using Catch::Matchers::Contains;

namespace {

namespace fs = std::filesystem;

/// A run folder that holds one checkpoint, of step 4.
void save_checkpoint(const fs::path& folder) {
  fs::create_directories(folder);
  train::CheckpointStore store(base::posix_fs(), folder, {});
  store.save(4, false, 0, [](base::Fs& files, const fs::path& checkpoint) {
    base::write_file_synced(files, checkpoint / "state.json", "{}");
  });
}

}  // namespace

TEST_CASE("an empty folder is a fresh start, unless a checkpoint must be there") {
  const test::TemporaryFolder folder;
  for (const ResumeMode mode : {ResumeMode::kAuto, ResumeMode::kNever}) {
    CHECK_THAT(
        test::logged([&] { CHECK_FALSE(choose_checkpoint(folder.path(), mode).has_value()); }),
        Contains("starting fresh in " + folder.path().string()));
  }
  CHECK_THAT(
      test::error_of<CheckpointError>([&] { choose_checkpoint(folder.path(), ResumeMode::kMust); }),
      Contains("--resume must") && Contains(folder.path().string()));
}

TEST_CASE("--resume must wants a run folder before one is made") {
  const test::TemporaryFolder folder;
  const fs::path absent = folder.path() / "absent";
  test::write_file(folder.path() / "file", "mine");
  for (const fs::path& path : {absent, folder.path() / "file"}) {
    CHECK_THAT(test::error_of<CheckpointError>([&] { check_run_folder(path, ResumeMode::kMust); }),
               Contains("--resume must") && Contains(path.string()));
    CHECK_NOTHROW(check_run_folder(path, ResumeMode::kAuto));
  }
  CHECK_NOTHROW(check_run_folder(folder.path(), ResumeMode::kMust));
  CHECK_FALSE(fs::exists(absent));
}

TEST_CASE("a checkpoint is gone on from, unless that is ruled out") {
  const test::TemporaryFolder folder;
  save_checkpoint(folder.path());
  for (const ResumeMode mode : {ResumeMode::kAuto, ResumeMode::kMust}) {
    const auto found = choose_checkpoint(folder.path(), mode);
    REQUIRE(found);
    CHECK(found->step == 4);
    CHECK(found->folder == folder.path() / "checkpoint-4");
  }
  CHECK_THAT(
      test::error_of<BusyError>([&] { choose_checkpoint(folder.path(), ResumeMode::kNever); }),
      Contains("checkpoint-4") && Contains("another output_dir"));
}

TEST_CASE("a checkpoint of another architecture is refused, naming every size that differs") {
  const test::TemporaryFolder folder;
  const nlohmann::json model = {{"model_type", "bert"}, {"hidden_size", 32}, {"vocab_size", 9},
                                {"num_labels", 2},      {"dropout", 0.1},    {"pad_token_id", 0}};
  nlohmann::json saved = model;
  saved["num_labels"] = 3;  // the task's to choose
  saved["dropout"] = 0.2;
  saved["pad_token_id"] = 1;
  saved.erase("vocab_size");
  test::write_file(folder.path() / "config.json", saved.dump());
  CHECK_NOTHROW(check_architecture(folder.path(), model));
  saved["model_type"] = "roberta";
  saved["hidden_size"] = 16;
  test::write_file(folder.path() / "config.json", saved.dump());
  CHECK_THAT(
      test::error_of<CheckpointError>([&] { check_architecture(folder.path(), model); }),
      Contains("hidden_size: 16, the model has 32") && Contains("roberta") && !Contains("vocab"));
}

TEST_CASE("a run is gone on with only by the config of its checkpoint") {
  const test::TinyRun tiny;
  const RunConfig before = tiny.config();
  const fs::path checkpoint = tiny / "run/checkpoint-4";
  fs::create_directories(checkpoint);
  write_run_config(base::posix_fs(), checkpoint, before);
  test::write_file(tiny / "run/config.json", render(tiny.config(R"({"seed": 8})")));
  const auto check = [&](const std::string& patch, bool is_forced) {
    return check_config_unchanged(checkpoint, tiny.config(patch), is_forced);
  };
  CHECK(test::logged([&] { check("{}", false); }).empty());

  const std::string safe = R"({"about": "again", "checkpoints": {"keep_last": 9}})";
  CHECK_THAT(test::logged([&] { CHECK(check(safe, false)); }),
             Contains("changed since checkpoint-4: checkpoints.keep_last: 2 -> 9") &&
                 Contains("about: (not set) -> \"again\""));

  const std::string unsafe =
      R"({"seed": 8, "training": {"batch_size": 4}, "checkpoints": {"keep_last": 9}})";
  CHECK_THAT(test::error_of<ConfigError>([&] { check(unsafe, false); }),
             Contains("seed: 7 -> 8") && Contains("training.batch_size: 8 -> 4") &&
                 Contains("--force") && !Contains("keep_last"));
  CHECK_THAT(test::logged([&] { CHECK_FALSE(check(unsafe, true)); }),
             Contains("going on (--force)") && Contains("training.batch_size: 8 -> 4"));
}

TEST_CASE("a run folder that was moved is still the same run") {
  const test::TinyRun tiny;
  const RunConfig before = tiny.config();
  fs::create_directories(tiny / "moved/checkpoint-4");
  write_run_config(base::posix_fs(), tiny / "moved/checkpoint-4", before);
  CHECK_NOTHROW(check_config_unchanged(tiny / "moved/checkpoint-4", before, false));
  CHECK_NOTHROW(check_config_unchanged(tiny / "moved/checkpoint-4",
                                       tiny.config(R"({"output_dir": "moved"})"), false));
}

TEST_CASE("a checkpoint without a config is nobody's, forced or not") {
  const test::TinyRun tiny;
  for (const bool is_forced : {false, true}) {
    CHECK_THAT(test::error_of<CheckpointError>(
                   [&] { check_config_unchanged(tiny / "model", tiny.config(), is_forced); }),
               Contains("run_config.json") && Contains("is missing"));
  }
  tiny.write("model/run_config.json", "{");
  CHECK_THAT(test::error_of<CheckpointError>(
                 [&] { check_config_unchanged(tiny / "model", tiny.config(), false); }),
             Contains("run_config.json"));
}

TEST_CASE("a config.json that is not of a run is not replaced") {
  const test::TinyRun tiny;
  const auto check = [&](const char* name) {
    return test::error_of<ConfigError>([&] { check_run_folder(tiny / name, ResumeMode::kAuto); });
  };
  tiny.write("own/config.json", "{}");
  fs::create_directories(tiny / "own/checkpoint-4");  // of another tool
  CHECK_THAT(check("own"), Contains("output_dir") && Contains((tiny / "own/config.json").string()));
  CHECK_THAT(check("model"), Contains("is not of a run"));
  save_checkpoint(tiny / "own");
  CHECK(check("own").empty());
  tiny.write("begun/config.json", "{}");
  tiny.write("begun/environment.json", "{}");
  CHECK(check("begun").empty());
  CHECK(check("absent").empty());
}

TEST_CASE("changed data ends a resume, another number of threads is a warning") {
  const test::TemporaryFolder folder;
  const RunRecord record{"00ff", "11ee", 2, "2.13.0", "22dd"};
  write_run_record(base::posix_fs(), folder.path(), record);
  DataSection files;
  files.train = {"train.en", "train.de"};
  files.validation = {"dev.tsv"};
  files.test = {"test.tsv", {}};
  const auto check = [&](const RunRecord& now, bool allows_data_change = false) {
    return test::logged([&] { check_run_record(folder.path(), now, files, allows_data_change); });
  };
  CHECK(check(record).empty());

  RunRecord other_train = record;
  other_train.train_data = "00fe";
  RunRecord other_validation = record;
  other_validation.validation_data = "";
  RunRecord both = other_train;
  both.validation_data = "";
  for (const auto& [now, words] :
       {std::pair(other_train, "the training data (train.en, train.de) has changed since "),
        std::pair(other_validation, "the validation data (dev.tsv) has changed since "),
        std::pair(both,
                  "the training data (train.en, train.de) and the validation data (dev.tsv) "
                  "have changed since ")}) {
    CHECK_THAT(test::error_of<DataError>([&] { check(now); }),
               Contains(words + folder.path().string()) && Contains("--allow-data-change"));
    CHECK_THAT(check(now, true), Contains(words) && Contains("going on (--allow-data-change)"));
  }

  RunRecord other_test = record;
  other_test.test_data = "22dc";
  CHECK_THAT(check(other_test), Contains("warning") && Contains("the test data (test.tsv) has"));
  other_test.test_data = "";  // no results of it
  CHECK(check(other_test).empty());

  RunRecord other_threads = record;
  other_threads.threads = 4;
  RunRecord other_torch = record;
  other_torch.torch_version = "2.14.0";
  for (const RunRecord& now : {other_threads, other_torch}) {
    CHECK_THAT(check(now), Contains("warning") && Contains("last bits may differ"));
  }
}
