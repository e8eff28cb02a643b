#include "train/update_group.h"

#include <algorithm>

#include "base/strings.h"

namespace finetune::train {

double UpdateGroup::scale() const {
  return 1.0 / static_cast<double>(std::max<int64_t>(num_targets, 1));
}

double UpdateGroup::mean_loss() const {
  return loss_sum / static_cast<double>(std::max<int64_t>(num_targets, 1));
}

std::string UpdateGroup::rows_text() const {
  constexpr size_t kShown = 20;
  std::string text;
  for (size_t i = 0; i < std::min(rows.size(), kShown); ++i)
    text += base::cat(i == 0 ? "" : ", ", rows[i]);
  return rows.size() > kShown ? text + ", ..." : text;
}

}  // namespace finetune::train
