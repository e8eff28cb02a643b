#include "data/prepare.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/error.h"
#include "base/log.h"
#include "data_files.h"
#include "fake_tokenizer.h"

namespace {

using namespace finetune;

/// Writes the splits into one folder and prepares them.
struct Splits {
  Splits() { base::set_log_level(base::LogLevel::kOff); }
  ~Splits() { base::set_log_level(base::LogLevel::kInfo); }

  void write(const std::string& split, const std::string& rows) {
    const auto path = folder.path() / (split + ".tsv");
    test::write_file(path, "text\tlabel\n" + rows);
    (split == "train"  ? options.train
     : split == "test" ? options.test
                       : options.validation) = path.string();
  }
  data::PreparedData prepare() { return data::prepare_data(options, tokenizer); }

  test::TemporaryFolder folder;
  data::DataOptions options;
  test::FakeTokenizer tokenizer;
};

}  // namespace

TEST_CASE("All splits share the label map of the training set") {
  Splits splits;
  splits.write("train", "w1\tpos\nw2\tneg\nw3\tpos\n");
  splits.write("validation", "w4\tpos\nw1\tpos\n");
  splits.write("test", "w5\tneg\n");
  const auto prepared = splits.prepare();
  CHECK(prepared.labels.names() == test::Strings{"neg", "pos"});
  CHECK(prepared.train->class_id(0) == 1);
  CHECK(prepared.validation->class_id(0) == 1);
  CHECK(prepared.test->class_id(0) == 0);
  CHECK(prepared.files.size() == 3);
  CHECK(prepared.files.at("test").bytes == 18);
  CHECK(prepared.report.splits.size() == 3);
  CHECK(prepared.report.overlap == std::map<std::string, int64_t>{{"train/validation", 1},
                                                                  {"train/test", 0},
                                                                  {"validation/test", 0}});
  CHECK(prepared.report.warnings.size() == 4 + 1);  // two one-label splits, said twice; the overlap
}

TEST_CASE("A given label map keeps its ids, and is honoured for the training set too") {
  Splits splits;
  splits.write("train", "w1\tpos\nw2\tneg\n");
  splits.options.label_names = {"pos", "neg", "neutral"};
  const auto prepared = splits.prepare();
  CHECK(prepared.train->class_id(0) == 0);
  CHECK(prepared.labels.size() == 3);
  CHECK(prepared.report.warnings == test::Strings{"train: no row has the label 'neutral'"});
  splits.write("train", "w1\tpos\nw2\tbad\n");
  CHECK(test::error_of<DataError>([&] { splits.prepare(); }).find("train.tsv:3: the label 'bad'") !=
        std::string::npos);
}

TEST_CASE("A label of another split that training does not know is a bad row") {
  Splits splits;
  splits.write("train", "w1\tpos\nw2\tneg\n");
  splits.write("test", "w1\tpos\nw2\tmixed\n");
  const std::string message = test::error_of<DataError>([&] { splits.prepare(); });
  CHECK(message.find("test.tsv:3: the label 'mixed' is none of the known ones: 'neg, pos'") !=
        std::string::npos);
  splits.options.read.on_bad_row = data::BadRowPolicy::kSkip;
  const auto prepared = splits.prepare();
  CHECK(prepared.test->size() == 1);
  CHECK(prepared.report.splits.at("test").rows_bad.at("unknown_label") == 1);
}

TEST_CASE("A validation set split off is complete, repeatable and reported") {
  Splits splits;
  std::string rows;
  for (int i = 0; i < 200; ++i) {
    rows += "w" + std::to_string(i / 2) + "\t" + std::to_string(i % 2) + "\n";  // each text twice
  }
  splits.write("train", rows + "bad\n");
  splits.options.read.on_bad_row = data::BadRowPolicy::kSkip;
  splits.options.validation_fraction = 0.05;
  splits.options.encoding.cache_folder = splits.folder.path() / "cache";
  const auto prepared = splits.prepare();
  CHECK(prepared.validation->size() == 10);
  CHECK(prepared.train->size() == 190);
  CHECK(prepared.report.overlap.at("train/validation") == 0);
  CHECK(prepared.report.splits.at("train").rows_read == 191);
  CHECK(prepared.report.splits.at("validation").rows_read == 10);
  CHECK(prepared.report.splits.at("validation").rows_bad.empty());
  const auto cached = splits.prepare();
  CHECK(cached.validation->fingerprint() == prepared.validation->fingerprint());
  CHECK(cached.train->fingerprint() == prepared.train->fingerprint());
  CHECK(data::to_json_text(cached.report) == data::to_json_text(prepared.report));
  CHECK(splits.tokenizer.num_calls == 200);
  splits.options.seed = 7;
  CHECK(splits.prepare().validation->fingerprint() != prepared.validation->fingerprint());
}

TEST_CASE("Sets that cannot train are refused") {
  struct Case {
    std::string train;
    std::string message;
  };
  for (const Case& one : {Case{"", "no row that can be used (the file has none)"},
                          {"\n\n", "no row that can be used"},
                          {"bad\nbad\n", "all 2 were left out"},
                          {"w1\tx\nw2\tx\n", "at least 2 labels, but the rows have 1 ('x')"}}) {
    Splits splits;
    splits.options.read.on_bad_row = data::BadRowPolicy::kSkip;
    splits.write("train", one.train);
    CAPTURE(one.train);
    const std::string message = test::error_of<DataError>([&] { splits.prepare(); });
    CHECK(message.find(one.message) != std::string::npos);
  }
  Splits empty_test;
  empty_test.write("train", "w1\tx\nw2\ty\n");
  empty_test.write("test", "");
  CHECK_THROWS_AS(empty_test.prepare(), DataError);
  test::write_file(empty_test.options.train, "");
  CHECK_THROWS_AS(empty_test.prepare(), DataError);
}

TEST_CASE("A set smaller than a batch is a set") {
  Splits splits;
  splits.write("train", "w1\tx\nw2\ty\n");
  CHECK(splits.prepare().train->size() == 2);
}

TEST_CASE("Options that exclude each other are refused") {
  Splits splits;
  CHECK_THROWS_AS(splits.prepare(), ConfigError);
  splits.write("train", "w1\tx\nw2\ty\n");
  splits.write("validation", "w1\tx\n");
  splits.options.validation_fraction = 0.1;
  CHECK_THROWS_AS(splits.prepare(), ConfigError);
  splits.options.validation.clear();
  splits.options.validation_fraction = 1.0;
  CHECK_THROWS_AS(splits.prepare(), ConfigError);
  splits.options.validation_fraction = 0.0;
  splits.options.train = splits.options.test = "-";
  CHECK_THROWS_AS(splits.prepare(), ConfigError);
}

TEST_CASE("Standard input is a data file like another, but is not kept") {
  const test::DataFile file("a.jsonl", "{\"text\": \"w1\", \"label\": 1}\n{\"text\": \"w2\"}\n");
  const int saved = dup(STDIN_FILENO);
  const int opened = open(file.path().c_str(), O_RDONLY);
  REQUIRE(dup2(opened, STDIN_FILENO) == STDIN_FILENO);
  data::FileOptions options{.path = "-"};
  options.read.format = "jsonl";
  options.encoding.cache_folder = file.folder() / "cache";
  const std::string message = test::error_of<DataError>([&] {
    data::prepare_file(options, data::LabelMap({"0", "1"}), test::FakeTokenizer());
  });
  CHECK(message.find("standard input:2: there is no 'label'") == 0);
  lseek(STDIN_FILENO, 0, SEEK_SET);
  options.read.label_column = "";
  const auto prepared = data::prepare_file(options, {}, test::FakeTokenizer());
  CHECK(prepared.dataset->size() == 2);
  CHECK(prepared.report.file == "standard input");
  CHECK_FALSE(std::filesystem::exists(file.folder() / "cache"));
  dup2(saved, STDIN_FILENO);
  close(saved);
  close(opened);
}

TEST_CASE("Regression needs no label map") {
  Splits splits;
  splits.options.read.target_kind = data::TargetKind::kRegression;
  splits.write("train", "w1\t0.5\nw2\t4\n");
  splits.write("validation", "w3\t7.25\n");
  const auto prepared = splits.prepare();
  CHECK(prepared.labels.size() == 0);
  CHECK(prepared.validation->targets(0)[0] == 7.25F);
  CHECK(prepared.report.splits.at("train").target_max == 4.0);
}

TEST_CASE("One file for a known label map; unlabelled data needs none of its labels") {
  const test::DataFile file("a.tsv", "text\tlabel\nw1\tb\nw2\tunheard\n");
  const data::LabelMap labels({"b", "a"});
  data::FileOptions options{.path = file.path()};
  CHECK_THROWS_AS(data::prepare_file(options, labels, test::FakeTokenizer()), DataError);
  options.read.label_column = "";
  const auto unlabelled = data::prepare_file(options, labels, test::FakeTokenizer());
  CHECK(unlabelled.dataset->size() == 2);
  CHECK(unlabelled.dataset->class_id(0) == -1);
  options.read.target_kind = data::TargetKind::kMultiLabel;
  CHECK(data::prepare_file(options, labels, test::FakeTokenizer()).dataset->num_targets() == 0);
}

TEST_CASE("Parallel files become texts with targets; ratios filter the training set alone") {
  Splits splits;
  const auto write = [&](const std::string& name, const std::string& content) {
    test::write_file(splits.folder.path() / name, content);
    return (splits.folder.path() / name).string();
  };
  splits.options.train = write("t.en", "w1\nw2\nw1\n");
  splits.options.train_target = write("t.de", "w5\nw6 w7 w8 w9 w10 w11\nw6\n");
  splits.options.validation = write("v.en", "w3\n");
  splits.options.validation_target = write("v.de", "w6 w7 w8 w9 w10 w11\n");
  splits.options.read.target_kind = data::TargetKind::kText;
  splits.options.encoding.target.max_length_ratio = 2.0;
  const test::FakeTokenizer target(7);
  const auto prepared = data::prepare_data(splits.options, {splits.tokenizer, target});
  REQUIRE(prepared.train->size() == 2);
  CHECK(prepared.validation->size() == 1);
  CHECK(prepared.validation->label_ids(0).size() == 8);
  CHECK(target.num_calls == 4);
  CHECK(prepared.labels.size() == 0);
  const data::SplitReport& report = prepared.report.splits.at("train");
  CHECK(report.rows_read == 3);
  CHECK(report.rows_dropped == std::map<std::string, int64_t>{{"length_ratio", 1}});
  CHECK(report.target_tokens == 6);
  CHECK(report.duplicate_rows == 1);
  CHECK(report.conflicting_rows == 1);
  CHECK(prepared.files.contains("train target"));
  std::vector<std::string> targets;
  const data::FileOptions file = data::file_of_split(splits.options, "train");
  data::visit_examples(file.path, file.read, *prepared.train,
                       [&](int64_t, const data::Example& e) { targets.push_back(e.target); });
  CHECK(targets == test::Strings{"w5", "w6"});
}

TEST_CASE("Long rows are dropped from the training set; elsewhere their texts are cut") {
  Splits splits;
  const auto write = [&](const std::string& name, const std::string& content) {
    test::write_file(splits.folder.path() / name, content);
    return (splits.folder.path() / name).string();
  };
  const std::string rows = "source\ttarget\nw1\tw5\nw1 w2 w3 w4\tw6\nw2\tw5 w6 w7 w8\n";
  splits.options.train = write("long-train.tsv", rows);
  splits.options.validation = write("long-validation.tsv", rows);
  splits.options.test = write("long-test.tsv", rows);
  splits.options.read.text_column = "source";
  splits.options.read.label_column = "target";
  splits.options.read.target_kind = data::TargetKind::kText;
  splits.options.encoding.max_length = 4;
  splits.options.encoding.target.max_length = 5;
  splits.options.encoding.long_rows = data::LongRows::kDrop;
  const auto prepared = data::prepare_data(splits.options, splits.tokenizer);
  CHECK(prepared.train->size() == 1);
  for (const std::string split : {"validation", "test"}) {
    INFO(split);
    const data::SplitReport& report = prepared.report.splits.at(split);
    CHECK(report.rows_kept == 2);
    CHECK(report.truncated_rows == 1);
    CHECK(report.rows_dropped == std::map<std::string, int64_t>{{"long_target", 1}});
  }
}
