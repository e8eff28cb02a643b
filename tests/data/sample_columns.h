#pragma once

#include "data/encoded_columns.h"

namespace finetune::test {

/// Three rows: "5 6 | 7" (a pair), "8", "9 9 9 9"; two targets each.
inline data::EncodedColumns sample_columns() {
  data::EncodedColumns columns;
  columns.offsets = {0, 3, 4, 8};
  columns.token_ids = {5, 6, 7, 8, 9, 9, 9, 9};
  columns.second_begins = {2, 1, 4};
  columns.tokens_cut = {0, 0, 3};
  columns.class_ids = {1, 0, -1};
  columns.targets = {0, 1, 1, 0, 1, 1};
  columns.lines = {2, 3, 7};
  columns.text_hashes = {100, 200, 100};
  columns.num_targets = 2;
  columns.notes = {{"no", "yes"}, {{"nul", 3}}, 2};
  return columns;
}

}  // namespace finetune::test
