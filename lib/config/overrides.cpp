#include "config/overrides.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <vector>

#include "base/strings.h"
#include "config/json_parser.h"

namespace finetune::config {
namespace {

/// Gives `value` and everything inside it the position of an override.
void set_position(JsonValue& value, Position position) {
  value.position = position;
  for (JsonValue& item : value.items) set_position(item, position);
  for (JsonMember& member : value.members) {
    member.position = position;
    set_position(member.value, position);
  }
}

JsonValue value_of(const std::string& text, Position position) {
  Problems problems;
  std::optional<JsonValue> value = parse_json(text, position, problems);
  if (!value || !problems.empty()) value = json_string(text);
  set_position(*value, position);
  value->raw = text;
  return *value;
}

}  // namespace

void apply_overrides(std::span<const std::string> overrides, JsonValue& root, Problems& problems) {
  for (size_t i = 0; i < overrides.size(); ++i) {
    const Position position{0, 0, static_cast<int>(i)};
    const std::string_view text = overrides[i];
    const size_t begin = text.starts_with("--") ? 2 : 0;
    const size_t equals = text.find('=');
    const std::vector<std::string> parts =
        base::split(text.substr(begin, equals == text.npos ? text.npos : equals - begin), '.');
    const bool has_empty_part = std::any_of(parts.begin(), parts.end(),
                                            [](const std::string& part) { return part.empty(); });
    if (equals == text.npos || equals < begin || has_empty_part) {
      problems.add(position, "", "expected a key, '=' and a value, as in training.batch_size=32");
      continue;
    }
    if (!base::is_valid_utf8(text)) {
      problems.add(position, "", "the text is not valid UTF-8");
      continue;
    }
    JsonValue* target = &root;
    for (const std::string& part : parts) {
      if (target->is_null()) target->kind = JsonKind::kObject;
      if (!target->is_object()) break;  // wrong in the file already: reported with the rest
      target = &target->at_or_add(part, position);
      if (&part == &parts.back())
        *target = value_of(std::string(text.substr(equals + 1)), position);
    }
  }
}

}  // namespace finetune::config
