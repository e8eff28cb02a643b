#include "data/validation_split.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "base/error.h"
#include "base/random.h"

namespace finetune::data {
namespace {

/// The rows of each different text, texts in order of their first row.
std::vector<std::vector<int64_t>> group_by_text(const EncodedTable& table) {
  std::vector<std::vector<int64_t>> groups;
  std::unordered_map<uint64_t, size_t> group_of;
  for (int64_t row = 0; row < table.size(); ++row) {
    const auto [found, is_new] = group_of.try_emplace(table.text_hash(row), groups.size());
    if (is_new) groups.emplace_back();
    groups[found->second].push_back(row);
  }
  return groups;
}

}  // namespace

ValidationSplit split_validation(const EncodedTable& table, double fraction, uint64_t seed) {
  const auto groups = group_by_text(table);
  if (groups.size() < 2) {
    throw DataError(
        "a validation set cannot be split off: there are fewer than two different texts");
  }
  const auto wanted = std::max<size_t>(
      1, static_cast<size_t>(std::llround(fraction * static_cast<double>(table.size()))));
  const auto order =
      base::random_permutation(static_cast<int64_t>(groups.size()),
                               base::RandomStream(seed, base::StreamPurpose::kDataSplit));
  ValidationSplit split;
  for (size_t i = 0; i < order.size(); ++i) {
    const bool is_last = i + 1 == order.size();
    auto& side = split.validation.size() < wanted && !is_last ? split.validation : split.train;
    const auto& rows = groups[static_cast<size_t>(order[i])];
    side.insert(side.end(), rows.begin(), rows.end());
  }
  std::sort(split.train.begin(), split.train.end());
  std::sort(split.validation.begin(), split.validation.end());
  return split;
}

}  // namespace finetune::data
