#include "data/label_map.h"

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "base/strings.h"

namespace finetune::data {

LabelMap::LabelMap(std::vector<std::string> names) : names_(std::move(names)) {
  for (size_t id = 0; id < names_.size(); ++id) {
    if (names_[id].empty()) throw ConfigError(base::cat("label ", id, " has an empty name"));
    if (!ids_.emplace(names_[id], static_cast<int64_t>(id)).second) {
      throw ConfigError(base::cat("the label ", base::quote(names_[id]), " is named twice"));
    }
  }
}

LabelMap LabelMap::sorted(std::vector<std::string> names) {
  const bool are_integers = std::all_of(names.begin(), names.end(), [](const std::string& name) {
    return base::parse_int64(name).has_value();
  });
  std::sort(names.begin(), names.end());
  if (are_integers) {
    std::stable_sort(names.begin(), names.end(), [](const std::string& a, const std::string& b) {
      return *base::parse_int64(a) < *base::parse_int64(b);
    });
  }
  return LabelMap(std::move(names));
}

std::optional<int64_t> LabelMap::id_of(std::string_view name) const {
  const auto found = ids_.find(name);
  if (found == ids_.end()) return std::nullopt;
  return found->second;
}

}  // namespace finetune::data
