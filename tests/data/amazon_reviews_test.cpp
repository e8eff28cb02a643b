#include <map>
#include <set>

#include "data_files.h"

namespace {

using namespace finetune;

std::vector<data::Example> read(const std::filesystem::path& path) {
  data::ReadOptions options;
  options.text_column = "sentence";
  auto rows = test::read_rows(path.string(), options);
  CHECK(rows.refused.empty());
  return std::move(rows.examples);
}

}  // namespace

TEST_CASE("The embedded reviews are whole, labelled, and no sentence stands in two splits") {
  const auto folder = test::source_folder() / "data/amazon-reviews";
  std::map<std::string, std::string> split_of;
  for (const auto& [split, count, num_positive] :
       {std::tuple{"train", 2865U, 1693}, {"validation", 373U, 222}, {"test", 372U, 213}}) {
    const auto examples = read(folder / (std::string(split) + ".tsv"));
    CHECK(examples.size() == count);
    int64_t positive = 0;
    for (const auto& example : examples) {
      CHECK(split_of.try_emplace(example.text, split).first->second == split);
      positive += example.labels.at(0) == "positive" ? 1 : 0;
      CHECK((example.labels[0] == "positive" || example.labels[0] == "negative"));
    }
    CHECK(positive == num_positive);
  }
}

TEST_CASE("The script makes the embedded reviews from their source") {
  const auto source = test::shared_data("vader-amazon/amazon.tsv");
  const auto python = test::python();
  if (!source || !python) return;
  const test::TemporaryFolder folder;
  const auto script = test::source_folder() / "scripts/make_amazon_reviews.py";
  const auto result = test::run_shell(
      test::shell_quote(python->string()) + " " + test::shell_quote(script.string()) + " " +
      test::shell_quote(source->string()) + " " + test::shell_quote(folder.path().string()));
  CAPTURE(result.err);
  REQUIRE(result.exit_code == 0);
  for (const std::string split : {"train", "validation", "test"}) {
    CHECK(test::read_file(folder.path() / (split + ".tsv")) ==
          test::read_file(test::source_folder() / "data/amazon-reviews" / (split + ".tsv")));
  }
}
