#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace finetune::data {

/// The classes of a task: class id <-> label text. The ids are the indices of `names`.
class LabelMap {
 public:
  LabelMap() = default;

  /// Keeps the given order (a stored label2id). Throws ConfigError for an empty or repeated name.
  explicit LabelMap(std::vector<std::string> names);

  /// Learned from a data set: in numeric order when every label is an integer, else in byte order.
  static LabelMap sorted(std::vector<std::string> names);

  const std::vector<std::string>& names() const { return names_; }
  int64_t size() const { return static_cast<int64_t>(names_.size()); }
  std::optional<int64_t> id_of(std::string_view name) const;

 private:
  std::vector<std::string> names_;
  std::map<std::string, int64_t, std::less<>> ids_;
};

}  // namespace finetune::data
