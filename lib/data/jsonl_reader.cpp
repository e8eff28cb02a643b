#include "data/jsonl_reader.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "base/error.h"
#include "base/json.h"
#include "base/strings.h"
#include "data/check_bytes.h"

namespace finetune::data {
namespace {

using nlohmann::json;

/// A key of every line, and the option of the command line that names another; else "".
struct Column {
  const std::string& key;
  std::string_view option;
};

/// Of a file that is one JSON array.
std::string_view advice_on(std::string_view text) {
  return base::trim(text).starts_with('[') ? "; expected one object a line, not an array of them"
                                           : "";
}

json parse_line(std::string_view text) {
  try {
    return base::parse_json(text, "not valid JSON");
  } catch (const CheckpointError& error) {
    std::string message = error.chain().back();
    const std::string_view needless = "line 1, ";  // of the row: the file's line is in the message
    const size_t at = message.find(needless);
    if (at != std::string::npos) message.erase(at, needless.size());
    throw BadRow{"invalid_json", base::cat(message, advice_on(text))};
  }
}

/// The value of `key`, or of "a.b" the member b of the object a; null where there is none.
json find(const json& object, const std::string& key) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(key);
  if (found != object.end()) return *found;
  const size_t point = key.find('.');
  if (point == std::string::npos) return nullptr;
  const auto outer = object.find(key.substr(0, point));
  return outer == object.end() ? json(nullptr) : find(*outer, key.substr(point + 1));
}

json member(const json& object, const Column& column) {
  json value = find(object, column.key);
  if (!value.is_null()) return value;
  const std::string advice =
      column.option.empty() ? "" : base::cat(" (", column.option, " names another key)");
  throw BadRow{"missing_field", base::cat("there is no ", base::quote(column.key), advice)};
}

[[noreturn]] void refuse_type(const std::string& key, const json& value, std::string_view wanted) {
  throw BadRow{"wrong_type",
               base::cat(base::quote(key), " is ", value.type_name(), ", not ", wanted)};
}

std::string text_of(const json& object, const Column& column) {
  const json value = member(object, column);
  if (!value.is_string()) refuse_type(column.key, value, "a string");
  return value.get<std::string>();
}

/// A class as text: 3 and "3" are the same class.
std::string class_name(const std::string& key, const json& value) {
  if (value.is_string()) return std::string(base::trim(value.get_ref<const std::string&>()));
  if (!value.is_number_integer() && !value.is_boolean()) {
    refuse_type(key, value, "a string, an integer or a boolean");
  }
  return base::dump_json(value);
}

std::vector<std::string> labels_of(const json& object, const Column& column, TargetKind kind) {
  const json value = member(object, column);
  const std::string& key = column.key;
  if (kind == TargetKind::kSingleLabel) return {class_name(key, value)};
  if (kind == TargetKind::kRegression) {
    if (value.is_string()) return {std::string(base::trim(value.get_ref<const std::string&>()))};
    if (!value.is_number()) refuse_type(key, value, "a number");
    return {base::dump_json(value)};
  }
  if (!value.is_array()) refuse_type(key, value, "an array of labels");
  std::vector<std::string> labels;
  for (const json& element : value) labels.push_back(class_name(key, element));
  return labels;
}

}  // namespace

JsonlReader::JsonlReader(const std::string& path, ReadOptions options)
    : options_(std::move(options)), lines_(open_source(path), options_.max_row_bytes) {}

bool JsonlReader::next(Example& example) {
  Line line;
  for (;; ++num_blank_lines_) {
    if (!lines_.next(line)) return false;
    if (!base::trim(line.text()).empty()) break;
  }
  origin_ = {line.number, line.byte, line.text()};
  check_line(line);
  const json object = parse_line(line.text());
  if (!object.is_object()) {
    throw BadRow{"wrong_type", base::cat("the line is ", object.type_name(), ", not an object",
                                         advice_on(line.text()))};
  }
  const auto column = [this](const std::string& key, std::string_view option) {
    return Column{key, options_.advises_options ? option : ""};
  };
  example.text = text_of(object, column(options_.text_column, "--text-column"));
  example.text_pair =
      options_.text_pair_column.empty()
          ? ""
          : text_of(object, column(options_.text_pair_column, "--text-pair-column"));
  example.labels.clear();
  example.target.clear();
  const Column label = column(options_.label_column, "--label-column");
  if (!options_.label_column.empty() && options_.target_kind == TargetKind::kText) {
    example.target = text_of(object, label);
  } else if (!options_.label_column.empty()) {
    example.labels = labels_of(object, label, options_.target_kind);
  }
  example.line = line.number;
  return true;
}

}  // namespace finetune::data
