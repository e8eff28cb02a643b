#include "data/label_collector.h"

#include <utility>

#include "base/strings.h"
#include "data/bad_row.h"

namespace finetune::data {

LabelCollector::LabelCollector(TargetKind kind, std::optional<LabelMap> known)
    : kind_(kind), known_(std::move(known)) {}

void LabelCollector::check(const std::vector<std::string>& labels) const {
  if (!known_ || kind_ == TargetKind::kRegression) return;
  for (const std::string& label : labels) {
    if (!known_->id_of(label)) {
      throw BadRow{"unknown_label",
                   base::cat("the label ", base::quote(label), " is none of the known ones: ",
                             base::quote(base::join(known_->names(), ", "), 300))};
    }
  }
}

void LabelCollector::add(const std::vector<std::string>& labels) {
  if (kind_ == TargetKind::kRegression) {
    if (!labels.empty()) {
      numbers_.push_back(static_cast<float>(base::parse_double(labels[0]).value_or(0.0)));
    }
  } else {
    for (const std::string& label : labels) {
      const auto next = static_cast<int32_t>(learned_.size());
      ids_.push_back(learned_.try_emplace(label, next).first->second);
    }
  }
  ends_.push_back(static_cast<int64_t>(ids_.size()));
}

LabelMap LabelCollector::map() const {
  if (known_ || kind_ == TargetKind::kRegression) return known_.value_or(LabelMap());
  std::vector<std::string> names;
  for (const auto& [name, provisional] : learned_) names.push_back(name);
  return LabelMap::sorted(std::move(names));
}

/// Class id of each provisional id.
std::vector<int32_t> LabelCollector::final_ids(const LabelMap& map) const {
  std::vector<int32_t> ids(learned_.size());
  for (const auto& [name, provisional] : learned_) {
    ids[static_cast<size_t>(provisional)] = static_cast<int32_t>(map.id_of(name).value());
  }
  return ids;
}

void LabelCollector::finish(EncodedColumns& columns) const {
  const size_t num_rows = ends_.size();
  const LabelMap map = this->map();
  const std::vector<int32_t> final_id = final_ids(map);
  columns.notes.label_names = map.names();
  columns.class_ids.assign(num_rows, -1);
  if (kind_ == TargetKind::kRegression) {
    columns.targets = numbers_;
    columns.num_targets = numbers_.empty() ? 0 : 1;
    return;
  }
  const bool is_multi_label = kind_ == TargetKind::kMultiLabel;
  const auto num_classes = static_cast<size_t>(is_multi_label ? map.size() : 0);
  columns.num_targets = static_cast<int64_t>(num_classes);
  columns.targets.assign(num_rows * num_classes, 0.0F);
  size_t at = 0;
  for (size_t row = 0; row < num_rows; ++row) {
    for (; at < static_cast<size_t>(ends_[row]); ++at) {
      const int32_t id = final_id[static_cast<size_t>(ids_[at])];
      if (is_multi_label) {
        columns.targets[row * num_classes + static_cast<size_t>(id)] = 1.0F;
      } else {
        columns.class_ids[row] = id;
      }
    }
  }
}

}  // namespace finetune::data
