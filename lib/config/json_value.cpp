#include "config/json_value.h"

#include <utility>

#include "base/strings.h"

namespace finetune::config {
namespace {

constexpr size_t kLineWidth = 100;

void append_escaped(std::string& out, std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (byte < 0x20 || byte == 0x7f) {
      out += "\\u00";
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    } else {
      out += c;
    }
  }
  out += '"';
}

struct Brackets {
  char open;
  char close;
};

Brackets brackets_of(const JsonValue& value) {
  return value.is_object() ? Brackets{'{', '}'} : Brackets{'[', ']'};
}

size_t num_children(const JsonValue& value) {
  return value.is_object() ? value.members.size() : value.items.size();
}

/// Appends key and value of child `index`; `append` writes the value.
template <class Append>
void append_child(std::string& out, const JsonValue& value, size_t index, const Append& append) {
  if (!value.is_object()) return append(value.items[index]);
  append_escaped(out, value.members[index].key);
  out += ": ";
  append(value.members[index].value);
}

bool is_container(const JsonValue& value) {
  return value.kind == JsonKind::kArray || value.is_object();
}

void append_scalar(std::string& out, const JsonValue& value) {
  switch (value.kind) {
    case JsonKind::kBoolean:
      out += value.boolean ? "true" : "false";
      break;
    case JsonKind::kNumber:
      out += value.text;
      break;
    case JsonKind::kString:
      append_escaped(out, value.text);
      break;
    default:
      out += "null";
  }
}

void append_line(std::string& out, const JsonValue& value) {
  if (!is_container(value)) return append_scalar(out, value);
  out += brackets_of(value).open;
  for (size_t i = 0; i < num_children(value); ++i) {
    if (i > 0) out += ", ";
    append_child(out, value, i, [&](const JsonValue& child) { append_line(out, child); });
  }
  out += brackets_of(value).close;
}

/// The outermost object is always spread over lines, inner values only where they are long.
void append_pretty(std::string& out, const JsonValue& value, size_t indent) {
  const std::string line = to_line(value);
  const bool fits = indent > 0 && indent + line.size() <= kLineWidth;
  if (!is_container(value) || num_children(value) == 0 || fits) {
    out += line;
    return;
  }
  out += brackets_of(value).open;
  for (size_t i = 0; i < num_children(value); ++i) {
    out += i > 0 ? ",\n" : "\n";
    out.append(indent + 2, ' ');
    append_child(out, value, i,
                 [&](const JsonValue& child) { append_pretty(out, child, indent + 2); });
  }
  out += '\n';
  out.append(indent, ' ');
  out += brackets_of(value).close;
}

}  // namespace

const JsonValue* JsonValue::find(std::string_view key) const {
  for (const JsonMember& member : members) {
    if (member.key == key) return &member.value;
  }
  return nullptr;
}

JsonValue& JsonValue::at_or_add(std::string_view key, Position where) {
  for (JsonMember& member : members) {
    if (member.key == key) return member.value;
  }
  members.push_back({std::string(key), where, {}});
  members.back().value.position = where;
  return members.back().value;
}

JsonValue json_boolean(bool value) {
  JsonValue result;
  result.kind = JsonKind::kBoolean;
  result.boolean = value;
  return result;
}

JsonValue json_number(std::string text) {
  JsonValue result;
  result.kind = JsonKind::kNumber;
  result.text = std::move(text);
  return result;
}

JsonValue json_string(std::string_view text) {
  JsonValue result;
  result.kind = JsonKind::kString;
  result.text = std::string(text);
  return result;
}

JsonValue json_array(std::vector<JsonValue> items) {
  JsonValue result;
  result.kind = JsonKind::kArray;
  result.items = std::move(items);
  return result;
}

JsonValue json_strings(std::span<const std::string> texts) {
  std::vector<JsonValue> items;
  for (const std::string& text : texts) items.push_back(json_string(text));
  return json_array(std::move(items));
}

JsonValue json_object(std::vector<std::pair<std::string, JsonValue>> members) {
  JsonValue result;
  result.kind = JsonKind::kObject;
  for (auto& member : members) add_member(result, member.first, std::move(member.second));
  return result;
}

void add_member(JsonValue& object, std::string_view key, JsonValue value) {
  object.members.push_back({std::string(key), {}, std::move(value)});
}

std::string to_line(const JsonValue& value) {
  std::string out;
  append_line(out, value);
  return out;
}

std::string to_pretty(const JsonValue& value) {
  std::string out;
  append_pretty(out, value, 0);
  return out;
}

std::optional<std::string> text_of(const JsonValue& value) {
  if (value.kind == JsonKind::kString) return value.text;
  if (!value.raw.empty()) return value.raw;
  return {};
}

std::string describe(const JsonValue& value) {
  switch (value.kind) {
    case JsonKind::kString:
      return base::cat("the string ", base::quote(value.text));
    case JsonKind::kArray:
      return "an array";
    case JsonKind::kObject:
      return "an object";
    case JsonKind::kNumber:
      return value.text.size() <= 40 ? value.text : value.text.substr(0, 40) + "...";
    default:
      return to_line(value);
  }
}

}  // namespace finetune::config
