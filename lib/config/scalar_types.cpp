#include <algorithm>

#include "base/strings.h"
#include "config/number_range.h"
#include "config/value_type.h"

namespace finetune::config {
namespace {

using Remark = std::optional<std::string>;  // nothing: all is well

constexpr std::optional<std::string> kFine = std::nullopt;

class BooleanType final : public ValueType {
 public:
  std::string expected(const Rule&) const override { return "true or false"; }
  Remark read(const JsonValue& value, const Rule&, const Folders&, void* member) const override {
    if (value.kind == JsonKind::kString && (value.text == "true" || value.text == "false")) {
      return "write it without quotes";
    }
    if (value.kind != JsonKind::kBoolean) return "";
    *static_cast<bool*>(member) = value.boolean;
    return kFine;
  }
  JsonValue write(const void* member) const override {
    return json_boolean(*static_cast<const bool*>(member));
  }
  JsonValue schema(const Rule&) const override {
    return json_object({{"type", json_string("boolean")}});
  }
};

class IntegerType final : public ValueType {
 public:
  std::string expected(const Rule& rule) const override { return "an integer" + range_text(rule); }
  Remark read(const JsonValue& value, const Rule& rule, const Folders&,
              void* member) const override {
    if (value.kind != JsonKind::kNumber) return number_remark(value);
    const std::optional<int64_t> number = to_integer(value.text);
    if (!number) return integer_remark(value);
    if (!is_in_range(static_cast<double>(*number), rule)) return "";
    *static_cast<int64_t*>(member) = *number;
    return kFine;
  }
  JsonValue write(const void* member) const override {
    return json_number(base::cat(*static_cast<const int64_t*>(member)));
  }
  JsonValue schema(const Rule& rule) const override {
    JsonValue schema = json_object({{"type", json_string("integer")}});
    add_range(schema, rule);
    if (!rule.at_most) add_member(schema, "maximum", json_number("9223372036854775807"));
    return schema;
  }
};

class NumberType final : public ValueType {
 public:
  std::string expected(const Rule& rule) const override { return "a number" + range_text(rule); }
  Remark read(const JsonValue& value, const Rule& rule, const Folders&,
              void* member) const override {
    if (value.kind != JsonKind::kNumber) return number_remark(value);
    const std::optional<double> number = base::parse_double(value.text);
    if (!number || !is_in_range(*number, rule)) return "";
    *static_cast<double*>(member) = *number;
    return kFine;
  }
  JsonValue write(const void* member) const override {
    return json_number(base::to_text(*static_cast<const double*>(member)));
  }
  JsonValue schema(const Rule& rule) const override {
    JsonValue schema = json_object({{"type", json_string("number")}});
    add_range(schema, rule);
    return schema;
  }
};

class StringType final : public ValueType {
 public:
  std::string expected(const Rule& rule) const override {
    if (rule.choices.empty()) return "a string";
    std::vector<std::string> quoted;
    for (const std::string& choice : rule.choices) quoted.push_back(base::cat("\"", choice, "\""));
    return (quoted.size() > 1 ? "one of " : "") + base::join(quoted, ", ");
  }
  Remark read(const JsonValue& value, const Rule& rule, const Folders&,
              void* member) const override {
    const std::optional<std::string> text = text_of(value);
    if (!text) return "";
    const bool is_choice =
        std::find(rule.choices.begin(), rule.choices.end(), *text) != rule.choices.end();
    if (!rule.choices.empty() && !is_choice) {
      const std::optional<std::string> near = base::nearest(*text, rule.choices);
      return near ? base::cat("did you mean \"", *near, "\"?") : "";
    }
    *static_cast<std::string*>(member) = *text;
    return kFine;
  }
  JsonValue write(const void* member) const override {
    return json_string(*static_cast<const std::string*>(member));
  }
  JsonValue schema(const Rule& rule) const override {
    if (rule.choices.empty()) return json_object({{"type", json_string("string")}});
    return json_object({{"enum", json_strings(rule.choices)}});
  }
};

class StringsType final : public ValueType {
 public:
  std::string expected(const Rule&) const override { return "an array of different strings"; }
  Remark read(const JsonValue& value, const Rule&, const Folders&, void* member) const override {
    if (value.kind != JsonKind::kArray || value.items.empty()) return "";
    std::vector<std::string> strings;
    for (const JsonValue& item : value.items) {
      if (item.kind != JsonKind::kString) return base::cat("it holds ", describe(item));
      if (item.text.empty()) return "it holds an empty string";
      if (std::find(strings.begin(), strings.end(), item.text) != strings.end()) {
        return base::cat("it holds ", base::quote(item.text), " twice");
      }
      strings.push_back(item.text);
    }
    *static_cast<std::vector<std::string>*>(member) = std::move(strings);
    return kFine;
  }
  JsonValue write(const void* member) const override {
    return json_strings(*static_cast<const std::vector<std::string>*>(member));
  }
  JsonValue schema(const Rule&) const override {
    return json_object(
        {{"type", json_string("array")},
         {"items", json_object({{"type", json_string("string")}, {"minLength", json_number("1")}})},
         {"minItems", json_number("1")},
         {"uniqueItems", json_boolean(true)}});
  }
};

}  // namespace

template <>
const ValueType& type_of<bool>() {
  static const BooleanType type;
  return type;
}

template <>
const ValueType& type_of<int64_t>() {
  static const IntegerType type;
  return type;
}

template <>
const ValueType& type_of<double>() {
  static const NumberType type;
  return type;
}

template <>
const ValueType& type_of<std::string>() {
  static const StringType type;
  return type;
}

template <>
const ValueType& type_of<std::vector<std::string>>() {
  static const StringsType type;
  return type;
}

}  // namespace finetune::config
