#include "data/dataset.h"

#include "data/encoded_table.h"
#include "data_files.h"
#include "sample_columns.h"

using namespace finetune;
using Ids = std::vector<int64_t>;

TEST_CASE("A batch lays rows end to end, with positions and segments of each") {
  const auto table = data::EncodedTable::in_memory(test::sample_columns());
  const Ids rows{2, 0};
  const data::Batch batch = data::make_batch(*table, rows);
  CHECK(batch.token_ids == Ids{9, 9, 9, 9, 5, 6, 7});
  CHECK(batch.positions == Ids{0, 1, 2, 3, 0, 1, 2});
  CHECK(batch.segments == Ids{0, 0, 0, 0, 0, 0, 1});
  CHECK(batch.offsets == Ids{0, 4, 7});
  CHECK(batch.targets == std::vector<float>{1, 1, 0, 1});
  CHECK(batch.class_ids.empty());
  CHECK(batch.example_indices == rows);
  CHECK(batch.num_sequences() == 2);
  CHECK(batch.num_tokens() == 7);
}

TEST_CASE("Single-label data has class ids and no targets") {
  auto columns = test::sample_columns();
  columns.targets.clear();
  columns.num_targets = 0;
  const auto table = data::EncodedTable::in_memory(std::move(columns));
  const data::Batch batch = data::make_batch(*table, Ids{0, 1, 2});
  CHECK(batch.class_ids == Ids{1, 0, -1});
  CHECK(batch.targets.empty());
  CHECK(data::make_batch(*table, Ids{}).offsets == Ids{0});
}

TEST_CASE("Target texts lie end to end beside the texts, and count as tokens") {
  data::EncodedColumns columns = test::sample_columns();
  columns.label_offsets = {0, 2, 2, 5};
  columns.label_ids = {21, 22, 23, 24, 25};
  const auto table = data::EncodedTable::in_memory(std::move(columns));
  CHECK(table->num_tokens(0) == 5);
  CHECK(table->num_tokens(1) == 1);
  const std::vector<int64_t> rows = {2, 0};
  const data::Batch batch = data::make_batch(*table, rows);
  CHECK(batch.label_ids == std::vector<int64_t>{23, 24, 25, 21, 22});
  CHECK(batch.label_offsets == std::vector<int64_t>{0, 3, 5});
  CHECK(batch.num_tokens() == 4 + 3 + 5);
  CHECK(table->subset({2})->label_ids(0).size() == 3);
}

TEST_CASE("A batch may be laid of other tokens than the data set's") {
  data::EncodedColumns columns = test::sample_columns();
  columns.label_offsets = {0, 2, 2, 5};
  columns.label_ids = {21, 22, 23, 24, 25};
  const auto table = data::EncodedTable::in_memory(std::move(columns));
  const Ids rows{2, 0};
  std::vector<int32_t> given;
  const data::Batch batch = data::make_batch(*table, rows, [&](int64_t row) {
    given = {static_cast<int32_t>(row), 50};
    return data::RowTokens{given, 1, std::span(given).first(1)};
  });
  CHECK(batch.token_ids == Ids{2, 50, 0, 50});
  CHECK(batch.segments == Ids{0, 1, 0, 1});
  CHECK(batch.label_ids == Ids{2, 0});
  CHECK(batch.label_offsets == Ids{0, 1, 2});
  CHECK(batch.targets == std::vector<float>{1, 1, 0, 1});
  CHECK(batch.num_tokens() == 6);
}
