#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace finetune::config {

/// Where a value was written: line and column (in characters, from 1) of the file, or of the
/// override with this index.
struct Position {
  int line = 0;
  int column = 0;
  int override_index = -1;

  bool is_override() const { return override_index >= 0; }
};

/// kInvalid stands for a value that was reported already and says nothing more.
enum class JsonKind { kNull, kBoolean, kNumber, kString, kArray, kObject, kInvalid };

struct JsonMember;

/// JSON that knows where it was written; members keep their order, numbers their spelling.
struct JsonValue {
  JsonKind kind = JsonKind::kNull;
  bool boolean = false;
  std::string text;  ///< a string's content, or a number as written
  std::vector<JsonValue> items;
  std::vector<JsonMember> members;
  Position position;
  std::string raw;  ///< an override's value as it stands on the command line; else empty

  bool is_null() const { return kind == JsonKind::kNull; }
  bool is_object() const { return kind == JsonKind::kObject; }

  const JsonValue* find(std::string_view key) const;  ///< of an object; nullptr where absent
  JsonValue& at_or_add(std::string_view key, Position where);
};

struct JsonMember {
  std::string key;
  Position position;
  JsonValue value;
};

JsonValue json_boolean(bool value);
JsonValue json_number(std::string text);
JsonValue json_string(std::string_view text);
JsonValue json_array(std::vector<JsonValue> items);
JsonValue json_strings(std::span<const std::string> texts);
JsonValue json_object(std::vector<std::pair<std::string, JsonValue>> members = {});

/// Appends a member to an object under construction.
void add_member(JsonValue& object, std::string_view key, JsonValue value);

/// One line: {"a": 1, "b": [2, 3]}.
std::string to_line(const JsonValue& value);

/// Two spaces of indentation, short arrays and innermost objects on one line.
std::string to_pretty(const JsonValue& value);

/// A string's content; the value of an override serves as a string without quotes, too.
std::optional<std::string> text_of(const JsonValue& value);

/// For messages: "the string 'x'", "1.5", "true", "null", "an array", "an object".
std::string describe(const JsonValue& value);

}  // namespace finetune::config
