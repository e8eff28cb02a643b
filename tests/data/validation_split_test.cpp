#include "data/validation_split.h"

#include <algorithm>
#include <set>

#include "base/error.h"
#include "data_files.h"

namespace {

using namespace finetune;

/// Row i has the text hash i / repeats.
std::shared_ptr<const data::EncodedTable> table_of(int64_t count, int64_t repeats = 1) {
  data::EncodedColumns columns;
  for (int64_t i = 0; i < count; ++i) {
    columns.offsets.push_back(i + 1);
    columns.token_ids.push_back(1);
    columns.second_begins.push_back(1);
    columns.tokens_cut.push_back(0);
    columns.class_ids.push_back(0);
    columns.lines.push_back(i + 1);
    columns.text_hashes.push_back(static_cast<uint64_t>(i / repeats));
  }
  return data::EncodedTable::in_memory(std::move(columns));
}

}  // namespace

TEST_CASE("The share is split off: complete, disjoint, in table order, by seed") {
  const auto table = table_of(1000);
  const auto split = data::split_validation(*table, 0.05, 42);
  CHECK(split.validation.size() == 50);
  CHECK(split.train.size() == 950);
  CHECK(std::is_sorted(split.train.begin(), split.train.end()));
  CHECK(std::is_sorted(split.validation.begin(), split.validation.end()));
  std::set<int64_t> all(split.train.begin(), split.train.end());
  all.insert(split.validation.begin(), split.validation.end());
  CHECK(all.size() == 1000);
  CHECK(data::split_validation(*table, 0.05, 42).validation == split.validation);
  CHECK(data::split_validation(*table, 0.05, 43).validation != split.validation);
}

TEST_CASE("Rows of equal text stay on one side") {
  const auto table = table_of(1000, 7);
  const auto split = data::split_validation(*table, 0.1, 1);
  CHECK(split.validation.size() >= 100);
  CHECK(split.validation.size() < 107);
  std::set<uint64_t> hashes;
  for (const int64_t row : split.validation) hashes.insert(table->text_hash(row));
  for (const int64_t row : split.train) CHECK_FALSE(hashes.contains(table->text_hash(row)));
}

TEST_CASE("Both sides get at least one text, or it is an error") {
  for (const double fraction : {0.0001, 0.5, 0.9999}) {
    const auto split = data::split_validation(*table_of(2), fraction, 3);
    CHECK(split.train.size() == 1);
    CHECK(split.validation.size() == 1);
  }
  CHECK_THROWS_AS(data::split_validation(*table_of(1), 0.5, 3), DataError);
  CHECK_THROWS_AS(data::split_validation(*table_of(5, 5), 0.5, 3), DataError);
}
