#include "config/suggestion.h"

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

std::string last_part(const std::string& path) { return path.substr(path.rfind('.') + 1); }

/// What the user has to write, where he wrote `unknown`.
std::string line_for(const std::string& path, const JsonValue& value, const UnknownKey& unknown) {
  if (unknown.value.position.is_override()) {
    return base::cat(path, "=", shortened(text_of(value).value_or(to_line(value))));
  }
  const std::string entry = base::cat("\"", last_part(path), "\": ", shortened(to_line(value)));
  const size_t dot = path.find('.');
  const std::string section = dot == std::string::npos ? "" : path.substr(0, dot);
  if (section == unknown.section) return entry;
  if (section.empty()) return entry + " at the top";
  return base::cat("\"", section, "\": {", entry, "}");
}

std::string did_you_mean(const std::vector<std::string>& lines) {
  return base::cat("unknown key; did you mean ", base::join(lines, " or "), "?");
}

std::string translated(const Translation& translation, const UnknownKey& unknown) {
  std::string text = "unknown key";
  if (!translation.path.empty()) {
    const JsonValue& value = translation.value ? *translation.value : unknown.value;
    text = did_you_mean({line_for(translation.path, value, unknown)});
  }
  if (translation.note.empty()) return text;
  return base::cat(text, translation.path.empty() ? "; " : " ", translation.note);
}

}  // namespace

std::string remark_on(const UnknownKey& unknown, std::span<const KeyPath> keys,
                      const Translator& translator) {
  if (translator) {
    if (const auto translation = translator(unknown)) return translated(*translation, unknown);
  }
  std::vector<std::string> siblings;
  std::vector<std::string> all;
  std::vector<std::string> same_elsewhere;
  for (const KeyPath& key : keys) {
    all.push_back(key.field.key);
    if (key.section == unknown.section) siblings.push_back(key.field.key);
    if (key.field.key == unknown.key) {
      same_elsewhere.push_back(line_for(key.path, unknown.value, unknown));
    }
  }
  if (!same_elsewhere.empty()) return did_you_mean(same_elsewhere);
  if (const auto sibling = base::nearest(unknown.key, siblings)) {
    return did_you_mean({unknown.value.position.is_override()
                             ? base::cat(join_key(unknown.section, *sibling), "=")
                             : base::cat("\"", *sibling, "\"")});
  }
  if (const auto near = base::nearest(unknown.key, all)) {
    std::vector<std::string> lines;
    for (const KeyPath& key : keys) {
      if (key.field.key == *near) lines.push_back(line_for(key.path, unknown.value, unknown));
    }
    return did_you_mean(lines);
  }
  return base::cat("unknown key; the keys ", unknown.section.empty() ? "at the top" : "here",
                   " are ", base::join(siblings, ", "));
}

}  // namespace finetune::config
