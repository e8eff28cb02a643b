#include <filesystem>
#include <optional>
#include <string>
#include <utility>

#include "base/strings.h"
#include "config/json_parser.h"
#include "config/problems.h"
#include "config/value_type.h"

namespace finetune::config {
namespace {

using Remark = std::optional<std::string>;  // nothing: all is well

constexpr std::string_view kPathPattern = "^[^\\u0000]+$";
constexpr std::string_view kPercentPattern = "^[0-9.]+ *(%|percents?)$";

JsonValue path_schema() {
  return json_object({{"type", json_string("string")}, {"pattern", json_string(kPathPattern)}});
}

Remark path_remark(const std::string& text) {
  if (text.empty()) return "a path cannot be empty";
  if (text.find('\0') != std::string::npos) return "a path cannot hold the character NUL";
  return {};
}

/// `text` below the folder that its origin asks for; "-" (standard input) stays.
std::filesystem::path resolve(const std::string& text, const JsonValue& value,
                              const Folders& folders) {
  if (text == "-") return text;
  const auto& folder = value.position.is_override() ? folders.of_overrides : folders.of_file;
  const std::filesystem::path path = (folder / text).lexically_normal();
  return path.has_filename() ? path : path.parent_path();  // "runs/a/" is "runs/a"
}

class PathType final : public ValueType {
 public:
  std::string expected(const Rule&) const override { return "a path"; }
  Remark read(const JsonValue& value, const Rule&, const Folders& folders,
              void* member) const override {
    const std::optional<std::string> text = text_of(value);
    if (!text) return "";
    if (Remark remark = path_remark(*text)) return remark;
    *static_cast<std::filesystem::path*>(member) = resolve(*text, value, folders);
    return {};
  }
  JsonValue write(const void* member) const override {
    return json_string(static_cast<const std::filesystem::path*>(member)->string());
  }
  JsonValue schema(const Rule&) const override { return path_schema(); }
};

/// {"source": "a.en", "target": "a.de"}
Remark read_pair(const JsonValue& value, const Folders& folders, std::filesystem::path& source,
                 std::filesystem::path& target) {
  if (value.members.size() != 2) return R"(write {"source": "a.en", "target": "a.de"})";
  for (const auto& [key, path] : {std::pair{"source", &source}, {"target", &target}}) {
    const JsonValue* member = value.find(key);
    if (member == nullptr || member->kind != JsonKind::kString)
      return R"(write {"source": "a.en", "target": "a.de"})";
    if (Remark remark = path_remark(member->text)) return remark;
    *path = resolve(member->text, value, folders);
  }
  return {};
}

JsonValue write_pair(const std::filesystem::path& source, const std::filesystem::path& target) {
  if (target.empty()) return json_string(source.string());
  return json_object(
      {{"source", json_string(source.string())}, {"target", json_string(target.string())}});
}

JsonValue pair_schema() {
  return json_object(
      {{"type", json_string("object")},
       {"properties", json_object({{"source", path_schema()}, {"target", path_schema()}})},
       {"required", json_array({json_string("source"), json_string("target")})},
       {"additionalProperties", json_boolean(false)}});
}

class DataFileType final : public ValueType {
 public:
  std::string expected(const Rule&) const override {
    return "a path, or two as {\"source\", \"target\"}";
  }
  Remark read(const JsonValue& value, const Rule&, const Folders& folders,
              void* member) const override {
    DataFile result;
    if (value.is_object()) {
      if (Remark remark = read_pair(value, folders, result.file, result.target)) return remark;
    } else {
      const std::optional<std::string> text = text_of(value);
      if (!text) return "";
      if (Remark remark = path_remark(*text)) return remark;
      result.file = resolve(*text, value, folders);
    }
    *static_cast<DataFile*>(member) = result;
    return {};
  }
  JsonValue write(const void* member) const override {
    const auto& files = *static_cast<const DataFile*>(member);
    return write_pair(files.file, files.target);
  }
  JsonValue schema(const Rule&) const override {
    return json_object({{"anyOf", json_array({path_schema(), pair_schema()})}});
  }
};

class PathOrObjectType final : public ValueType {
 public:
  std::string expected(const Rule&) const override { return "a path or an object"; }
  Remark read(const JsonValue& value, const Rule&, const Folders& folders,
              void* member) const override {
    PathOrObject result;
    const JsonValue* path = value.is_object() ? value.find("path") : nullptr;
    if (path != nullptr && value.members.size() == 1 && path->kind == JsonKind::kString) {
      if (Remark remark = path_remark(path->text)) return remark;
      result.path = resolve(path->text, value, folders);
    } else if (value.is_object()) {
      result.object = to_line(value);
    } else {
      const std::optional<std::string> text = text_of(value);
      if (!text) return "";
      if (Remark remark = path_remark(*text)) return remark;
      result.path = resolve(*text, value, folders);
    }
    *static_cast<PathOrObject*>(member) = result;
    return {};
  }
  JsonValue write(const void* member) const override {
    const auto& value = *static_cast<const PathOrObject*>(member);
    if (value.object.empty()) return json_string(value.path.string());
    Problems problems;
    return parse_json(value.object, {}, problems).value();
  }
  JsonValue schema(const Rule&) const override {
    return json_object(
        {{"anyOf", json_array({path_schema(), json_object({{"type", json_string("object")}})})}});
  }
};

/// Digits and points, then "percent", "percents" or "%": meant as a share, whether right or wrong.
std::optional<std::string_view> amount_of_share(std::string_view text) {
  const size_t end = text.find_first_not_of("0123456789.");
  if (end == 0 || end == std::string_view::npos) return {};
  const size_t word = text.find_first_not_of(' ', end);
  if (word == std::string_view::npos) return {};
  const std::string_view unit = text.substr(word);
  if (unit != "%" && unit != "percent" && unit != "percents") return {};
  return text.substr(0, end);
}

class FileOrPercentType final : public ValueType {
 public:
  std::string expected(const Rule&) const override {
    return "a path, or a share such as \"5 percent\"";
  }
  Remark read(const JsonValue& value, const Rule&, const Folders& folders,
              void* member) const override {
    FileOrPercent result;
    if (value.is_object()) {
      if (Remark remark = read_pair(value, folders, result.file, result.target)) return remark;
      *static_cast<FileOrPercent*>(member) = result;
      return {};
    }
    const std::optional<std::string> text = text_of(value);
    if (!text) return "";
    if (Remark remark = path_remark(*text)) return remark;
    if (const std::optional<std::string_view> amount = amount_of_share(*text)) {
      const std::optional<double> percent = base::parse_double(*amount);
      const bool is_well_written = *text == base::cat(*amount, " percent");
      if (!percent || !is_well_written) return "write a share as \"5 percent\"";
      if (!(*percent > 0.0 && *percent < 100.0)) return "a share lies between 0 and 100";
      result.percent = *percent;
    } else {
      result.file = resolve(*text, value, folders);
    }
    *static_cast<FileOrPercent*>(member) = result;
    return {};
  }
  JsonValue write(const void* member) const override {
    const auto& source = *static_cast<const FileOrPercent*>(member);
    if (source.file.empty()) return json_string(base::cat(source.percent, " percent"));
    return write_pair(source.file, source.target);
  }
  JsonValue schema(const Rule&) const override {
    JsonValue file = path_schema();
    add_member(file, "not", json_object({{"pattern", json_string(kPercentPattern)}}));
    constexpr std::string_view kShare =
        "^(?=[0-9.]*[1-9])([0-9]{1,2}(\\.[0-9]*)?|\\.[0-9]+) percent$";
    const JsonValue share =
        json_object({{"type", json_string("string")}, {"pattern", json_string(kShare)}});
    return json_object({{"anyOf", json_array({file, share, pair_schema()})}});
  }
};

class SwitchOrFolderType final : public ValueType {
 public:
  std::string expected(const Rule&) const override { return "true, false or a folder"; }
  Remark read(const JsonValue& value, const Rule&, const Folders& folders,
              void* member) const override {
    SwitchOrFolder result;
    if (value.kind == JsonKind::kBoolean) {
      result.is_on = value.boolean;
    } else if (value.kind == JsonKind::kString) {
      if (value.text == "true" || value.text == "false") return "write it without quotes";
      if (Remark remark = path_remark(value.text)) return remark;
      result.folder = resolve(value.text, value, folders);
    } else {
      return "";
    }
    *static_cast<SwitchOrFolder*>(member) = result;
    return {};
  }
  JsonValue write(const void* member) const override {
    const auto& setting = *static_cast<const SwitchOrFolder*>(member);
    if (setting.folder.empty()) return json_boolean(setting.is_on);
    return json_string(setting.folder.string());
  }
  JsonValue schema(const Rule&) const override {
    JsonValue folder = path_schema();
    add_member(folder, "not", json_object({{"enum", json_strings(kSwitchWords)}}));
    return json_object(
        {{"anyOf", json_array({json_object({{"type", json_string("boolean")}}), folder})}});
  }

 private:
  inline static const std::vector<std::string> kSwitchWords = {"true", "false"};
};

}  // namespace

template <>
const ValueType& type_of<std::filesystem::path>() {
  static const PathType type;
  return type;
}

template <>
const ValueType& type_of<DataFile>() {
  static const DataFileType type;
  return type;
}

template <>
const ValueType& type_of<PathOrObject>() {
  static const PathOrObjectType type;
  return type;
}

template <>
const ValueType& type_of<FileOrPercent>() {
  static const FileOrPercentType type;
  return type;
}

template <>
const ValueType& type_of<SwitchOrFolder>() {
  static const SwitchOrFolderType type;
  return type;
}

}  // namespace finetune::config
