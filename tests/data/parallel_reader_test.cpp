#include "data/parallel_reader.h"

#include "base/error.h"
#include "data_files.h"

namespace {

using namespace finetune;

struct Pair {
  Pair(const std::string& source, const std::string& target) : folder() {
    test::write_file(folder.path() / "a.en", source);
    test::write_file(folder.path() / "a.de", target);
    options.target_path = (folder.path() / "a.de").string();
  }
  test::ReadRows read() const {
    return test::read_rows((folder.path() / "a.en").string(), options);
  }

  test::TemporaryFolder folder;
  data::ReadOptions options;
};

}  // namespace

TEST_CASE("Line n of the target belongs to line n of the source, whatever the files are called") {
  const Pair files("a dog\r\n\"two\" cats\n", "ein Hund\n\n");
  const auto rows = files.read();
  REQUIRE(rows.examples.size() == 2);
  CHECK(rows.examples[0].text == "a dog");
  CHECK(rows.examples[0].target == "ein Hund");
  CHECK(rows.examples[0].line == 1);
  CHECK(rows.examples[1].text == "\"two\" cats");
  CHECK(rows.examples[1].target.empty());  // refused further up, where empty texts are
}

TEST_CASE("Lines that are blank on both sides are passed over and keep the count") {
  const auto rows = Pair("a\n \nb\n", "x\n\ny\n").read();
  REQUIRE(rows.examples.size() == 2);
  CHECK(rows.examples[1].text == "b");
  CHECK(rows.examples[1].target == "y");
  CHECK(rows.examples[1].line == 3);
  CHECK(rows.num_blank_lines == 1);
}

TEST_CASE("Files of unequal length are refused with both counts") {
  const auto error = [](const Pair& files) {
    return test::error_of<DataError>([&] { files.read(); });
  };
  CHECK_THAT(error(Pair("a\nb\nc\nd\n", "x\ny\n")),
             Catch::Contains("a.en has 4 lines") && Catch::Contains("a.de has 2:"));
  CHECK_THAT(error(Pair("a\n", "x\n\ny")),
             Catch::Contains("a.en has 1 lines") && Catch::Contains("a.de has 3:"));
  CHECK_THAT(error(Pair("a\n", "")), Catch::Contains("has 1 lines") && Catch::Contains("has 0:"));
}

TEST_CASE("A side that is empty or not text is a bad row of its line") {
  const Pair files("a\nb\nc\n", "x\n\n\xFF\n");
  data::BadRows bad("a.en", "train", {.on_bad_row = data::BadRowPolicy::kSkip});
  data::ReadOptions options = files.options;
  options.target_kind = data::TargetKind::kText;
  data::ExampleReader reader((files.folder.path() / "a.en").string(), options, bad);
  data::Example example;
  REQUIRE(reader.next(example));
  CHECK_FALSE(reader.next(example));
  CHECK(bad.by_reason() == std::map<std::string, int64_t>{{"empty_text", 1}, {"invalid_utf8", 1}});
}
