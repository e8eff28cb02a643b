#include "data/bad_rows.h"

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/log.h"
#include "data_files.h"

namespace {

using namespace finetune;

const data::RowOrigin kOrigin{17, 300, "raw\t\xFF\\"};
const data::BadRow kBad{"invalid_utf8", "the row is not valid UTF-8", 4};

}  // namespace

TEST_CASE("By default a bad row ends the run, named by file, line and byte") {
  data::BadRows rows("train.tsv", "train", {});
  const std::string message = test::error_of<DataError>([&] { rows.add(kBad, kOrigin); });
  CHECK(message.find("train.tsv:17: the row is not valid UTF-8 (byte 304 of the file)") == 0);
  CHECK(message.find("data.on_bad_row") != std::string::npos);
}

TEST_CASE("Skipped rows are counted by reason, up to the limit") {
  base::set_log_level(base::LogLevel::kOff);
  data::ReadOptions options;
  options.on_bad_row = data::BadRowPolicy::kSkip;
  options.max_bad_rows = 3;
  data::BadRows rows("a.tsv", "train", options);
  rows.add(kBad, kOrigin);
  rows.add({"ragged", "r"}, kOrigin);
  rows.add(kBad, kOrigin);
  CHECK(rows.by_reason() == std::map<std::string, int64_t>{{"invalid_utf8", 2}, {"ragged", 1}});
  CHECK(test::error_of<DataError>([&] { rows.add(kBad, kOrigin); }).find("max_bad_rows (3)") !=
        std::string::npos);
  base::set_log_level(base::LogLevel::kInfo);
}

TEST_CASE("Where a command reads the file, no key of a config is advised") {
  data::BadRows rows("train.tsv", "train", {.advises_options = true});
  CHECK(test::error_of<DataError>([&] { rows.add(kBad, kOrigin); }) ==
        "train.tsv:17: the row is not valid UTF-8 (byte 304 of the file); correct the row");
}

TEST_CASE("Quarantined rows are kept with place, reason and escaped bytes") {
  base::set_log_level(base::LogLevel::kOff);
  const test::TemporaryFolder folder;
  data::ReadOptions options;
  options.on_bad_row = data::BadRowPolicy::kQuarantine;
  CHECK_THROWS_AS(data::BadRows("a.tsv", "test", options), ConfigError);
  options.quarantine_folder = folder.path();
  const auto path = folder.path() / "quarantine-test.jsonl";
  {
    data::BadRows rows("a.tsv", "test", options);
    CHECK_FALSE(std::filesystem::exists(path));
    rows.add(kBad, kOrigin);
    rows.add(kBad, kOrigin);
  }
  const std::string text = test::read_file(path);
  CHECK(std::count(text.begin(), text.end(), '\n') == 2);
  const auto row = nlohmann::json::parse(text.substr(0, text.find('\n')));
  CHECK(row == nlohmann::json{{"file", "a.tsv"},
                              {"line", 17},
                              {"byte", 304},
                              {"reason", "invalid_utf8"},
                              {"message", "the row is not valid UTF-8"},
                              {"raw", "raw\\x09\\xff\\x5c"}});
  base::set_log_level(base::LogLevel::kInfo);
}
