#include "models/checkpoint_names.h"

#include <algorithm>
#include <set>

#include "base/strings.h"

namespace finetune::models {
namespace {

std::string first_part(std::string_view name) {
  return std::string(name.substr(0, name.find('.')));
}

/// What follows the prefix in the table's names: "embeddings", "encoder", ...
std::set<std::string> parts_after_prefix(const NameTable& table) {
  std::set<std::string> parts;
  for (const NameRow& row : table.rows) {
    if (!row.theirs.starts_with(table.prefix)) continue;
    parts.insert(first_part(std::string_view(row.theirs).substr(table.prefix.size())));
  }
  return parts;
}

std::string with_new_ending(std::string name, const NameTable& table) {
  for (const auto& [old_ending, new_ending] : table.old_endings) {
    if (!name.ends_with(old_ending)) continue;
    return name.substr(0, name.size() - old_ending.size()) + new_ending;
  }
  return name;
}

bool is_unused(const std::string& name, const NameTable& table) {
  return std::any_of(table.unused_endings.begin(), table.unused_endings.end(),
                     [&](const std::string& ending) { return name.ends_with(ending); });
}

struct Found {
  std::string file_name;
  const tensors::TensorView* view;
};

/// The first name of a tensor that `name` is the second name of, or null.
const std::string* original_of(const std::string& name, const NameTable& table) {
  const auto copy = std::find_if(table.copies.begin(), table.copies.end(),
                                 [&](const auto& pair) { return pair.first == name; });
  return copy == table.copies.end() ? nullptr : &copy->second;
}

}  // namespace

CheckpointNames match_names(const NameTable& table, const tensors::NamedTensors& weights) {
  const bool has_prefix = std::any_of(weights.begin(), weights.end(), [&](const auto& item) {
    return item.first.starts_with(table.prefix);
  });
  const std::set<std::string> parts = parts_after_prefix(table);
  std::set<std::string, std::less<>> known;
  for (const NameRow& row : table.rows) known.insert(row.theirs);

  CheckpointNames names;
  std::vector<std::pair<std::string, Found>> copies;
  for (const auto& [file_name, view] : weights) {
    std::string name = with_new_ending(file_name, table);
    if (!has_prefix && parts.contains(first_part(name))) name.insert(0, table.prefix);
    if (const std::string* original = original_of(name, table)) {
      copies.push_back({*original, {file_name, &view}});
    } else if (known.contains(name)) {
      if (!names.found.emplace(name, &view).second)
        names.ambiguous.push_back(base::quote(file_name));
    } else if (name.starts_with(table.prefix) && !is_unused(name, table)) {
      names.unexpected.push_back(base::quote(file_name));
    } else {
      names.ignored.push_back(file_name);
    }
  }
  for (const auto& [original, copy] : copies) {
    if (!names.found.emplace(original, copy.view).second) names.ignored.push_back(copy.file_name);
  }
  return names;
}

}  // namespace finetune::models
