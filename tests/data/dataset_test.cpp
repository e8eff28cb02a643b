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
