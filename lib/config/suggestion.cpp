#include "config/suggestion.h"

#include <algorithm>
#include <vector>

#include "base/strings.h"
#include "config/problems.h"

namespace finetune::config {
namespace {

constexpr size_t kLongestValue = 60;

/// `text`, or "..." in its place where it is long or would not be safe to print.
std::string shortened(const std::string& text) {
  return base::quote(text, kLongestValue) == base::cat("'", text, "'") ? text : "...";
}

/// `value`, without quotes where `key` wants a number and a string holds one.
JsonValue fitted(const JsonValue& value, const KeyPath& key) {
  const ValueType* type = key.field.type;
  const bool wants_number = type == &type_of<double>() || type == &type_of<int64_t>();
  const bool is_quoted = value.kind == JsonKind::kString && base::parse_double(value.text);
  return wants_number && is_quoted ? json_number(value.text) : value;
}

/// "a.b=value". An object without text of its own was only named on the way to keys inside it.
std::string override_line(const std::string& path, const JsonValue& value) {
  if (!value.is_object() || !value.raw.empty()) {
    return base::cat(path, "=", shortened(text_of(value).value_or(to_line(value))));
  }
  if (value.members.size() != 1) return path;
  return override_line(join_key(path, value.members[0].key), value.members[0].value);
}

/// What to write for `unknown`: the line of the file, or the override; the path alone where the
/// value is not known.
std::string line_for(const KeyPath& key, const JsonValue& value, const UnknownKey& unknown) {
  if (unknown.value.kind == JsonKind::kInvalid) return key.path;
  const JsonValue right = fitted(value, key);
  if (unknown.value.position.is_override()) return override_line(key.path, right);
  std::string entry = base::cat("\"", key.field.key, "\": ", shortened(to_line(right)));
  if (key.section == unknown.section) return entry;
  if (key.section.empty()) return entry + " at the top";
  return inside_section(key.section, entry);
}

std::string did_you_mean(const std::vector<std::string>& lines) {
  return base::cat("unknown key; did you mean ", base::join(lines, " or "), "?");
}

std::string translated(const Translation& translation, const UnknownKey& unknown,
                       std::span<const KeyPath> keys) {
  std::string text = "unknown key";
  for (const KeyPath& key : keys) {
    if (key.path != translation.path) continue;
    const JsonValue& value = translation.value ? *translation.value : unknown.value;
    text = did_you_mean({line_for(key, value, unknown)});
  }
  if (translation.note.empty()) return text;
  return base::cat(text, translation.path.empty() ? "; " : " ", translation.note);
}

/// The keys called `name`, wherever they stand, as lines to write.
std::vector<std::string> lines_for(const std::string& name, const UnknownKey& unknown,
                                   std::span<const KeyPath> keys) {
  std::vector<std::string> lines;
  for (const KeyPath& key : keys) {
    if (key.field.key == name) lines.push_back(line_for(key, unknown.value, unknown));
  }
  return lines;
}

}  // namespace

std::string remark_on(const UnknownKey& unknown, std::span<const KeyPath> keys,
                      const Translator& translator) {
  const bool is_key_of_other_type = std::ranges::any_of(keys, [&](const KeyPath& key) {
    return key.section == unknown.section && key.field.key == unknown.key;
  });
  if (is_key_of_other_type)
    return base::cat("it belongs to another \"type\" of ", unknown.section, ": leave it out");
  if (translator) {
    if (const auto translation = translator(unknown)) {
      return translated(*translation, unknown, keys);
    }
  }
  const std::vector<std::string> elsewhere = lines_for(unknown.key, unknown, keys);
  if (!elsewhere.empty()) return did_you_mean(elsewhere);
  std::vector<std::string> siblings;
  std::vector<std::string> all;
  for (const KeyPath& key : keys) {
    // an object can only be meant for a section
    if (!unknown.value.is_object() || key.field.is_section()) all.push_back(key.field.key);
    if (key.section == unknown.section) siblings.push_back(key.field.key);
  }
  for (const KeyPath& key : keys) {
    if (key.section != unknown.section) continue;
    if (base::nearest(unknown.key, siblings) != key.field.key) continue;
    return did_you_mean({line_for(key, unknown.value, unknown)});
  }
  if (const auto near = base::nearest(unknown.key, all)) {
    return did_you_mean(lines_for(*near, unknown, keys));
  }
  return base::cat("unknown key; the keys ", unknown.section.empty() ? "at the top" : "here",
                   " are ", base::join(siblings, ", "));
}

}  // namespace finetune::config
