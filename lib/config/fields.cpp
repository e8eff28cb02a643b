#include "config/fields.h"

#include <algorithm>

#include "config/problems.h"

namespace finetune::config {
namespace {

void append_keys(const Fields& fields, const std::string& section, std::vector<KeyPath>& out) {
  for (const Field& field : fields.fields()) {
    const std::string path = join_key(section, field.key);
    out.push_back({path, section, field});
    if (field.is_section()) append_keys(field.section(), path, out);
  }
}

}  // namespace

Fields Field::section() const { return describe_section(access.emplace(member)); }

void Fields::add_missing(const Fields& other) {
  for (const Field& field : other.fields_) {
    if (find(field.key) == nullptr) fields_.push_back(field);
  }
}

const Field* Fields::find(std::string_view key) const {
  const auto found = std::find_if(fields_.begin(), fields_.end(),
                                  [&](const Field& field) { return field.key == key; });
  return found == fields_.end() ? nullptr : &*found;
}

std::vector<KeyPath> all_keys(const Fields& root) {
  std::vector<KeyPath> keys;
  append_keys(root, "", keys);
  return keys;
}

bool must_be_given(const Fields& section) {
  return std::any_of(section.fields().begin(), section.fields().end(),
                     [](const Field& field) { return field.rule.is_required; }) ||
         std::any_of(section.groups().begin(), section.groups().end(),
                     [](const Group& group) { return group.kind == Group::Kind::kExactlyOne; });
}

}  // namespace finetune::config
