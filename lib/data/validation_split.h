#pragma once

#include <cstdint>
#include <vector>

#include "data/encoded_table.h"

namespace finetune::data {

/// Rows of a table, in table order.
struct ValidationSplit {
  std::vector<int64_t> train;
  std::vector<int64_t> validation;
};

/// Splits off round(fraction * rows) rows, at least one and not all, chosen by `seed` alone. Rows
/// of equal text stay together, so the validation set may grow by a few. Throws DataError when
/// there are fewer than two different texts.
ValidationSplit split_validation(const EncodedTable& table, double fraction, uint64_t seed);

}  // namespace finetune::data
