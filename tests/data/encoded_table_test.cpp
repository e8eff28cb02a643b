#include "data/encoded_table.h"

#include "data_files.h"
#include "sample_columns.h"

using namespace finetune;

namespace {
std::vector<int32_t> ids(const data::EncodedDataset& table, int64_t row) {
  const auto span = table.token_ids(row);
  return {span.begin(), span.end()};
}
}  // namespace

TEST_CASE("A table gives its rows") {
  const auto table = data::EncodedTable::in_memory(test::sample_columns());
  CHECK(table->size() == 3);
  CHECK(table->length(2) == 4);
  CHECK(ids(*table, 0) == std::vector<int32_t>{5, 6, 7});
  CHECK(ids(*table, 1) == std::vector<int32_t>{8});
  CHECK(table->second_segment_begin(0) == 2);
  CHECK(table->class_id(2) == -1);
  CHECK(table->targets(1)[0] == 1.0F);
  CHECK(table->targets(1).size() == 2);
  CHECK(table->source_line(2) == 7);
  CHECK(table->tokens_cut(2) == 3);
  CHECK(table->text_hash(1) == 200);
  CHECK(table->notes().rows_bad.at("nul") == 3);
}

TEST_CASE("A subset gives the chosen rows, of a subset too, and outlives its table") {
  auto table = data::EncodedTable::in_memory(test::sample_columns());
  const auto part = table->subset({2, 0});
  const auto part_of_part = part->subset({1});
  const auto nothing = table->subset({});
  const uint64_t whole = table->fingerprint();
  table.reset();
  CHECK(part->size() == 2);
  CHECK(ids(*part, 1) == std::vector<int32_t>{5, 6, 7});
  CHECK(part->targets(0)[1] == 1.0F);
  CHECK(part_of_part->size() == 1);
  CHECK(ids(*part_of_part, 0) == std::vector<int32_t>{5, 6, 7});
  CHECK(nothing->size() == 0);
  CHECK(part->fingerprint() != whole);
  CHECK(part->fingerprint() != part_of_part->fingerprint());
}
