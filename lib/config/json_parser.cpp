#include "config/json_parser.h"

#include <string>
#include <utility>

#include "base/strings.h"
#include "config/json_scanner.h"

namespace finetune::config {
namespace {

constexpr int kMaxDepth = 32;
constexpr size_t kMaxKeys = 10000;  // of one object; finding duplicates costs the square

class JsonParser {
 public:
  JsonParser(std::string_view text, Position start, Problems& problems)
      : scanner_(text, start, problems) {}

  JsonValue read_document() {
    scanner_.peek();
    if (scanner_.at_end()) scanner_.stop("", "expected a JSON object, found nothing");
    JsonValue value = read_value("");
    scanner_.peek();
    if (!scanner_.at_end()) scanner_.stop("", "expected nothing after the end of the JSON");
    return value;
  }

 private:
  JsonValue read_value(const std::string& key) {
    const char next = scanner_.peek();
    const Position begin = scanner_.position();
    JsonValue value;
    if (next == '{' || next == '[') {
      if (++depth_ > kMaxDepth) scanner_.stop(key, "JSON nested too deeply");
      value = next == '{' ? read_object(key) : read_array(key);
      --depth_;
    } else if (next == '"' || next == '\'') {
      value = json_string(scanner_.read_string(key));
    } else {
      value = scanner_.read_word(key);
    }
    value.position = begin;
    return value;
  }

  JsonValue read_object(const std::string& key) {
    JsonValue object = json_object();
    scanner_.take('{');
    while (next_child('}', key, !object.members.empty())) {
      if (object.members.size() >= kMaxKeys) scanner_.stop(key, "too many keys in one object");
      const Position where = scanner_.position();
      std::string name = read_key(key);
      const std::string path = join_key(key, name);
      if (!scanner_.take(':')) scanner_.stop(path, "expected ':' after the key");
      JsonValue value = read_value(path);
      if (const JsonMember* first = find_member(object, name)) {
        scanner_.report(
            where, path,
            base::cat("duplicate key; it stands in line ", first->position.line, " already"));
      } else {
        object.members.push_back({std::move(name), where, std::move(value)});
      }
    }
    return object;
  }

  JsonValue read_array(const std::string& key) {
    JsonValue array = json_array({});
    scanner_.take('[');
    while (next_child(']', key, !array.items.empty())) {
      array.items.push_back(read_value(base::cat(key, "[", array.items.size(), "]")));
    }
    return array;
  }

  static const JsonMember* find_member(const JsonValue& object, std::string_view name) {
    for (const JsonMember& member : object.members) {
      if (member.key == name) return &member;
    }
    return nullptr;
  }

  std::string read_key(const std::string& key) {
    const char next = scanner_.peek();
    if (next == '"' || next == '\'') return scanner_.read_string(key);
    const Position where = scanner_.position();
    std::string word(scanner_.take_word());
    if (word.empty()) scanner_.stop(key, "expected a key in double quotes");
    scanner_.report(where, join_key(key, word), "keys are written in double quotes");
    return word;
  }

  /// Whether another child begins here; takes the comma before it, or the closing bracket.
  bool next_child(char close, const std::string& key, bool has_children) {
    const char next = scanner_.peek();
    const Position where = scanner_.position();
    if (scanner_.at_end())
      scanner_.stop(key, base::cat("the file ends before the closing '", close, "'"));
    if (scanner_.take(close)) return false;
    if (!has_children) return true;
    if (!scanner_.take(',')) {
      if (next == '}' || next == ']') scanner_.stop(key, base::cat("expected '", close, "'"));
      scanner_.report(where, key, "a comma is missing before this");
    } else if (scanner_.peek() == close) {
      scanner_.report(where, key, base::cat("JSON allows no comma before '", close, "'"));
      scanner_.take(close);
      return false;
    }
    return true;
  }

  JsonScanner scanner_;
  int depth_ = 0;
};

/// The position of the first byte that is no UTF-8.
Position first_invalid(std::string_view text, Position position) {
  size_t line_begin = 0;
  for (size_t end; (end = text.find('\n', line_begin)) != std::string_view::npos;
       line_begin = end + 1, ++position.line) {
    if (!base::is_valid_utf8(text.substr(line_begin, end - line_begin))) break;
  }
  return position;
}

}  // namespace

std::optional<JsonValue> parse_json(std::string_view text, Position start, Problems& problems) {
  if (!base::is_valid_utf8(text)) {
    problems.add(first_invalid(text, start), "", "the text is not valid UTF-8");
    return {};
  }
  try {
    return JsonParser(text, start, problems).read_document();
  } catch (const UnreadableJson&) {
    return {};
  }
}

}  // namespace finetune::config
