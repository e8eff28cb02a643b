#include "config/documentation.h"

#include <vector>

#include "base/strings.h"
#include "config/problems.h"

namespace finetune::config {
namespace {

std::string default_text(const Field& field) {
  if (field.rule.is_required) return "required";
  return field.is_set() ? to_line(field.write()) : "not set";
}

std::string example_line(const KeyPath& key) {
  const std::string value =
      key.field.rule.example.empty() ? to_line(key.field.write()) : key.field.rule.example;
  const std::string entry = base::cat("\"", key.field.key, "\": ", value);
  return inside_section(key.section, entry);
}

std::string explain_value(const KeyPath& key) {
  const Rule& rule = key.field.rule;
  return base::cat(key.path, "\n  ", rule.doc, "\n  type:     ", key.field.type->expected(rule),
                   "\n  default:  ", default_text(key.field), "\n  example:  ", example_line(key),
                   "\n  resume:   ",
                   rule.is_safe_at_resume ? "may change when a run is resumed"
                                          : "belongs to the run: a change needs --force",
                   "\n");
}

std::string explain_section(std::span<const KeyPath> keys, const KeyPath& section) {
  std::string text = base::cat(section.path, "\n  ", section.field.rule.doc, "\n");
  for (const KeyPath& key : keys) {
    if (key.section != section.path) continue;
    text += "\n" + (key.field.is_section() ? explain_section(keys, key) : explain_value(key));
  }
  return text;
}

std::string escape_cell(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '|') out += '\\';
    out += c;
  }
  return out;
}

std::string group_sentence(const Group& group) {
  std::vector<std::string> keys;
  for (const std::string& key : group.keys) keys.push_back(base::cat("`", key, "`"));
  const std::string list = base::join(keys, " and ");
  switch (group.kind) {
    case Group::Kind::kAtMostOne:
      return base::cat(list, " exclude each other.");
    case Group::Kind::kExactlyOne:
      return base::cat("Exactly one of ", list, " is required.");
    case Group::Kind::kTogether:
      return base::cat(list, " go together.");
  }
  return "";
}

std::string table(const Fields& fields) {
  std::string text = "\n| key | type | default | meaning |\n|---|---|---|---|\n";
  for (const Field& field : fields.fields()) {
    if (field.is_section()) continue;
    const std::string default_cell = field.rule.is_required || !field.is_set()
                                         ? default_text(field)
                                         : base::cat("`", default_text(field), "`");
    text += base::cat("| `", field.key, "` | ", escape_cell(field.type->expected(field.rule)),
                      " | ", escape_cell(default_cell), " | ", escape_cell(field.rule.doc), " |\n");
  }
  for (const Group& group : fields.groups()) text += base::cat("\n", group_sentence(group), "\n");
  return text;
}

/// The sections of `fields`, which are those of `path`, each followed by those inside it.
std::string sections(const Fields& fields, const std::string& path) {
  std::string text;
  for (const Field& field : fields.fields()) {
    if (!field.is_section()) continue;
    const bool is_off = !field.is_set();
    const std::string own_path = join_key(path, field.key);
    const Fields own = field.section();
    text += base::cat("\n## ", own_path, "\n\n", field.rule.doc,
                      is_off ? " Off unless the section is there.\n" : "\n");
    text += table(own) + sections(own, own_path);
  }
  return text;
}

}  // namespace

std::string explain(std::span<const KeyPath> keys, std::string_view name) {
  std::string text;
  for (const KeyPath& key : keys) {
    const bool is_named = key.path == name;
    const bool is_last_part = !key.field.is_section() && key.field.key == name;
    if (!is_named && !is_last_part) continue;
    if (!text.empty()) text += "\n";
    text += key.field.is_section() ? explain_section(keys, key) : explain_value(key);
  }
  return text;
}

std::string markdown(const Fields& root) {
  return base::cat("\n## Top level\n", table(root), sections(root, ""));
}

}  // namespace finetune::config
