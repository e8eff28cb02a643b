#include "config/json_schema.h"

#include <string>
#include <utility>
#include <vector>

#include "base/strings.h"

namespace finetune::config {
namespace {

JsonValue with_null(JsonValue schema) {
  return json_object(
      {{"anyOf", json_array({std::move(schema), json_object({{"type", json_string("null")}})})}});
}

/// `key` stands there and is not null.
JsonValue is_given(const std::string& key) {
  const JsonValue not_null = json_object({{"not", json_object({{"type", json_string("null")}})}});
  return json_object({{"required", json_array({json_string(key)})},
                      {"properties", json_object({{key, not_null}})}});
}

JsonValue group_schema(const Group& group) {
  std::vector<JsonValue> given;
  for (const std::string& key : group.keys) given.push_back(is_given(key));
  JsonValue all = json_object({{"allOf", json_array(given)}});
  JsonValue none = json_object({{"not", json_object({{"anyOf", json_array(given)}})}});
  switch (group.kind) {
    case Group::Kind::kTogether:
      return json_object({{"anyOf", json_array({std::move(all), std::move(none)})}});
    case Group::Kind::kAtMostOne:
      given.push_back(std::move(none));
      break;
    case Group::Kind::kExactlyOne:
      break;
  }
  return json_object({{"oneOf", json_array(std::move(given))}});
}

bool is_obligatory(const Field& field) {
  return field.is_section() ? !field.is_optional() && must_be_given(field.section())
                            : field.rule.is_required;
}

JsonValue object_schema(const Fields& fields);

JsonValue field_schema(const Field& field) {
  const bool was_set = field.is_set();
  JsonValue schema =
      field.is_section() ? object_schema(field.section()) : field.type->schema(field.rule);
  if (!is_obligatory(field)) schema = with_null(std::move(schema));
  add_member(schema, "description", json_string(field.rule.doc));
  if (!field.is_section() && was_set && !field.rule.is_required) {
    add_member(schema, "default", field.write());
  }
  return schema;
}

JsonValue object_schema(const Fields& fields) {
  JsonValue properties = json_object();
  std::vector<std::string> required;
  for (const Field& field : fields.fields()) {
    if (is_obligatory(field)) required.push_back(field.key);
    add_member(properties, field.key, field_schema(field));
  }
  JsonValue schema = json_object({{"type", json_string("object")},
                                  {"additionalProperties", json_boolean(false)},
                                  {"properties", std::move(properties)}});
  if (!required.empty()) add_member(schema, "required", json_strings(required));
  std::vector<JsonValue> groups;
  for (const Group& group : fields.groups()) groups.push_back(group_schema(group));
  if (!groups.empty()) add_member(schema, "allOf", json_array(std::move(groups)));
  return schema;
}

}  // namespace

JsonValue json_schema(const Fields& root, std::string_view title) {
  JsonValue schema =
      json_object({{"$schema", json_string("http://json-schema.org/draft-07/schema#")},
                   {"title", json_string(title)}});
  for (JsonMember& member : object_schema(root).members)
    schema.members.push_back(std::move(member));
  return schema;
}

}  // namespace finetune::config
