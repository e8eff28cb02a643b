#include "config/document.h"

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "base/strings.h"
#include "config/json_parser.h"
#include "config/overrides.h"
#include "config/section_reader.h"

namespace finetune::config {
namespace {

/// The value at `key`, or the object nearest to it, and whether the value itself was found.
std::pair<const JsonValue*, bool> locate(const JsonValue& root, const std::string& key) {
  const JsonValue* value = &root;
  for (const std::string& part : base::split(key, '.')) {
    const JsonValue* child = value->find(part);
    if (child == nullptr) return {value, false};
    value = child;
  }
  return {value, !value->is_null()};
}

}  // namespace

Document::Document(std::string file, std::string_view text, std::vector<std::string> overrides)
    : file_(std::move(file)), overrides_(std::move(overrides)) {
  std::optional<JsonValue> root = parse_json(text, {1, 1}, problems_);
  if (!root) return;
  root_ = std::move(*root);
  is_readable_ = root_.is_object();
  if (!is_readable_) {
    problems_.add(root_.position, "", base::cat("expected an object, found ", describe(root_)));
    return;
  }
  apply_overrides(overrides_, root_, problems_);
}

std::optional<std::string> Document::text_at(const std::string& key) const {
  if (!is_readable_) return std::nullopt;
  const auto [value, is_given] = locate(root_, key);
  if (!is_given || value->kind != JsonKind::kString) return std::nullopt;
  return value->text;
}

void Document::read(const Fields& root, const ReadOptions& options) {
  if (is_readable_) SectionReader(options, problems_).read(root, root_, "");
}

void Document::read_inside(const std::string& key, const Fields& fields, ReadOptions options) {
  if (!is_readable_ || problems_.concerns(key)) return;
  const auto [value, is_given] = locate(root_, key);
  if (!is_given || !value->is_object()) return;
  for (KeyPath& inner : options.keys) {
    inner.path = base::cat(key, ".", inner.path);
    inner.section = inner.section.empty() ? key : base::cat(key, ".", inner.section);
  }
  SectionReader(options, problems_).read(fields, *value, key);
}

void Document::report(std::vector<std::string> keys, const std::string& message) {
  const bool is_known = std::any_of(
      keys.begin(), keys.end(), [&](const std::string& key) { return problems_.concerns(key); });
  if (is_known || !is_readable_) return;
  const JsonValue* place = locate(root_, keys.front()).first;
  for (const std::string& key : keys) {
    const auto [value, is_given] = locate(root_, key);
    if (!is_given) continue;
    place = value;
    break;
  }
  problems_.add(place->position, keys.front(), message);
}

void Document::throw_if_wrong() const {
  if (!problems_.empty()) throw ConfigError(problems_.report(file_, overrides_));
}

}  // namespace finetune::config
