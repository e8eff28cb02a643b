#include "data/encoded_columns.h"

#include <functional>

#include "data_files.h"

using namespace finetune;

TEST_CASE("The hash of the columns changes with every one of them") {
  data::EncodedColumns columns;
  columns.offsets = {0, 2, 3};
  columns.token_ids = {5, 6, 7};
  columns.second_begins = {2, 1};
  columns.tokens_cut = {0, 4};
  columns.class_ids = {1, 0};
  columns.targets = {0.5F, 1.0F};
  columns.lines = {1, 2};
  columns.text_hashes = {11, 12};
  columns.num_targets = 1;
  const uint64_t hash = data::hash_of(data::view_of(columns));
  CHECK(hash == data::hash_of(data::view_of(data::EncodedColumns(columns))));

  const std::vector<std::function<void(data::EncodedColumns&)>> changes = {
      [](auto& c) { c.offsets[1] = 1; },       [](auto& c) { c.token_ids[2] = 8; },
      [](auto& c) { c.second_begins[0] = 1; }, [](auto& c) { c.tokens_cut[0] = 1; },
      [](auto& c) { c.class_ids[0] = 0; },     [](auto& c) { c.targets[1] = 1.5F; },
      [](auto& c) { c.lines[1] = 3; },         [](auto& c) { c.text_hashes[0] = 13; },
      [](auto& c) { c.num_targets = 2; }};
  for (size_t i = 0; i < changes.size(); ++i) {
    data::EncodedColumns changed = columns;
    changes[i](changed);
    CAPTURE(i);
    CHECK(data::hash_of(data::view_of(changed)) != hash);
  }
}
