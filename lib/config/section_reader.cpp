#include "config/section_reader.h"

#include <vector>

#include "base/strings.h"

namespace finetune::config {
namespace {

/// The value of `key`, or nullptr where it is absent or null.
const JsonValue* given(const JsonValue& object, std::string_view key) {
  const JsonValue* value = object.find(key);
  return value == nullptr || value->is_null() ? nullptr : value;
}

}  // namespace

void SectionReader::read(const Fields& fields, const JsonValue& object, const std::string& path) {
  report_unknown(fields, object, path);
  for (const Field& field : fields.fields()) read_field(field, object, join_key(path, field.key));
  for (const Group& group : fields.groups()) check(group, object, path);
}

void SectionReader::read_field(const Field& field, const JsonValue& object,
                               const std::string& path) {
  const JsonValue* value = given(object, field.key);
  if (value == nullptr) {
    if (field.rule.is_required) {
      problems_.add(object.position, path, base::cat("missing, but required: ", field.rule.doc));
    } else if (field.is_section() && !field.is_optional()) {
      JsonValue empty = json_object();
      empty.position = object.position;
      read(field.section(), empty, path);  // for the keys that it must have
    }
    return;
  }
  if (value->kind == JsonKind::kInvalid) return;
  if (!field.is_section()) return read_value(field, *value, path);
  if (value->is_object()) return read(field.section(), *value, path);
  problems_.add(value->position, path, base::cat("expected an object, found ", describe(*value)));
}

void SectionReader::read_value(const Field& field, const JsonValue& value,
                               const std::string& path) {
  void* member = field.access.emplace(field.member);
  const auto remark = field.type->read(value, field.rule, options_.folders, member);
  if (!remark) return;
  if (field.is_optional()) field.access.reset(field.member);
  problems_.add(value.position, path,
                base::cat("expected ", field.type->expected(field.rule), ", found ",
                          describe(value), remark->empty() ? "" : "; ", *remark));
}

void SectionReader::report_unknown(const Fields& fields, const JsonValue& object,
                                   const std::string& path) {
  for (const JsonMember& member : object.members) {
    if (fields.find(member.key) != nullptr) continue;
    problems_.add(member.position, join_key(path, member.key),
                  remark_on({path, member.key, member.value}, options_.keys, options_.translator));
  }
}

void SectionReader::check(const Group& group, const JsonValue& object, const std::string& path) {
  std::vector<std::string> present;
  std::vector<std::string> absent;
  for (const std::string& key : group.keys) {
    (given(object, key) != nullptr ? present : absent).push_back(base::cat("\"", key, "\""));
  }
  const std::string together = base::join(present, " and ");
  if (group.kind == Group::Kind::kTogether) {
    if (present.empty() || absent.empty()) return;
    problems_.add(object.position, path,
                  base::cat(together, " needs ", base::join(absent, " and "), " beside it"));
  } else if (present.size() > 1) {
    problems_.add(object.position, path, base::cat(together, " exclude each other; keep one"));
  } else if (present.empty() && group.kind == Group::Kind::kExactlyOne) {
    problems_.add(object.position, path,
                  base::cat("one of ", base::join(absent, " and "), " is required"));
  }
}

}  // namespace finetune::config
