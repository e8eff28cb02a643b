#include <sys/stat.h>

#include "base/error.h"
#include "base/log.h"
#include "data/prepare.h"
#include "data_files.h"
#include "fake_tokenizer.h"

namespace {

using namespace finetune;

test::Strings visited(const std::string& path, const data::ReadOptions& read,
                      const data::EncodedDataset& dataset) {
  test::Strings seen;
  data::visit_examples(path, read, dataset, [&](int64_t row, const data::Example& example) {
    CHECK(row == static_cast<int64_t>(seen.size()));
    seen.push_back(example.text + "/" + example.labels.at(0));
  });
  return seen;
}

}  // namespace

TEST_CASE("Every row of a data set meets its text again, bad rows passed over") {
  base::set_log_level(base::LogLevel::kOff);
  data::ReadOptions read;
  read.on_bad_row = data::BadRowPolicy::kSkip;
  const test::DataFile file(
      "a.csv", "text,label\nw1,x\n\xFF,x\n\"w2\nw3\",y\n,x\nw4,other\nnothing,x\nw5,y\n");
  const auto prepared = data::prepare_file({.path = file.path(), .read = read},
                                           data::LabelMap({"x", "y"}), test::FakeTokenizer());
  base::set_log_level(base::LogLevel::kInfo);
  CHECK(visited(file.path(), read, *prepared.dataset) == test::Strings{"w1/x", "w2\nw3/y", "w5/y"});
  CHECK(prepared.report.rows_bad ==
        std::map<std::string, int64_t>{
            {"invalid_utf8", 1}, {"empty_text", 1}, {"unknown_label", 1}, {"no_token", 1}});
}

TEST_CASE("A set split off the training file finds its own rows") {
  std::string content = "text\tlabel\n";
  for (int i = 0; i < 40; ++i)
    content += "w" + std::to_string(i) + "\t" + std::to_string(i % 2) + "\n";
  const test::DataFile file("a.tsv", content);
  const auto prepared = data::prepare_data({.train = file.path(), .validation_fraction = 0.25},
                                           test::FakeTokenizer());
  const auto seen = visited(file.path(), {}, *prepared.validation);
  REQUIRE(seen.size() == 10);
  for (size_t i = 0; i < seen.size(); ++i) {
    const int64_t line = prepared.validation->source_line(static_cast<int64_t>(i));
    CHECK(seen[i].starts_with("w" + std::to_string(line - 2) + "/"));
  }
}

TEST_CASE("A file that has changed, or cannot be read again, is an error") {
  const test::DataFile file("a.tsv", "text\tlabel\nw1\tx\nw2\ty\n");
  const auto prepared =
      data::prepare_file({.path = file.path()}, data::LabelMap({"x", "y"}), test::FakeTokenizer());
  CHECK_THROWS_AS(visited("-", {}, *prepared.dataset), DataError);
  const std::string pipe = (file.folder() / "pipe.tsv").string();
  REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);
  CHECK(test::error_of<DataError>([&] {
          visited(pipe, {}, *prepared.dataset);
        }).find("cannot be read a second time") != std::string::npos);
  test::write_file(file.path(), "text\tlabel\nw1\tx\nw3\ty\n");
  CHECK(test::error_of<DataError>([&] {
          visited(file.path(), {}, *prepared.dataset);
        }).find("line 3") != std::string::npos);
}
