#include "config/writer.h"

#include <algorithm>

#include "config/problems.h"

namespace finetune::config {
namespace {

/// True for the usual key of a group whose place another key has taken.
bool is_displaced(const Fields& fields, const Field& field) {
  return std::any_of(fields.groups().begin(), fields.groups().end(), [&](const Group& group) {
    return group.kind == Group::Kind::kAtMostOne && group.keys.front() == field.key &&
           std::any_of(group.keys.begin() + 1, group.keys.end(),
                       [&](const std::string& key) { return fields.find(key)->is_set(); });
  });
}

void append_settings(const Fields& fields, const std::string& section, std::vector<Setting>& out) {
  for (const Field& field : fields.fields()) {
    if (!field.is_set() || is_displaced(fields, field)) continue;
    const std::string path = join_key(section, field.key);
    if (field.is_section()) {
      append_settings(field.section(), path, out);
    } else {
      out.push_back({path, to_line(field.write())});
    }
  }
}

}  // namespace

JsonValue write(const Fields& fields) {
  JsonValue object = json_object();
  for (const Field& field : fields.fields()) {
    if (!field.is_set() || is_displaced(fields, field)) continue;
    add_member(object, field.key, field.is_section() ? write(field.section()) : field.write());
  }
  return object;
}

std::vector<Setting> settings(const Fields& fields) {
  std::vector<Setting> result;
  append_settings(fields, "", result);
  return result;
}

}  // namespace finetune::config
