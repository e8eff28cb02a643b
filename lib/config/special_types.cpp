#include <algorithm>
#include <optional>
#include <string>

#include "base/strings.h"
#include "config/json_parser.h"
#include "config/number_range.h"
#include "config/problems.h"
#include "config/value_type.h"

namespace finetune::config {
namespace {

using Remark = std::optional<std::string>;  // nothing: all is well

bool allows(const Rule& rule, Unit unit) {
  return std::find(rule.units.begin(), rule.units.end(), unit) != rule.units.end();
}

class DurationType final : public ValueType {
 public:
  std::string expected(const Rule& rule) const override {
    std::vector<std::string> units;
    for (const Unit unit : rule.units) units.emplace_back(name_of(unit));
    return base::cat("a length of training", range_text(rule), " in ", base::join(units, ", "),
                     allows(rule, Unit::kSteps) ? " (a bare number is steps)" : "");
  }
  Remark read(const JsonValue& value, const Rule& rule, const Folders&,
              void* member) const override {
    std::optional<Duration> duration;
    if (value.kind == JsonKind::kNumber) {
      if (!allows(rule, Unit::kSteps)) return "a unit is missing";
      const std::optional<int64_t> steps = to_integer(value.text);
      if (!steps || *steps < 0 || static_cast<double>(*steps) > kMaxAmount) return "";
      duration = Duration{static_cast<double>(*steps), Unit::kSteps};
    } else if (value.kind == JsonKind::kString) {
      duration = parse_duration(value.text);
      if (!duration) return remark(value.text);
    } else {
      return "";
    }
    if (!allows(rule, duration->unit)) return "";
    if (duration->unit == Unit::kPercent && duration->amount > 100.0) return "at most 100 percent";
    if (!is_in_range(duration->amount, rule)) return "";
    *static_cast<Duration*>(member) = *duration;
    return {};
  }
  JsonValue write(const void* member) const override {
    return json_string(to_text(*static_cast<const Duration*>(member)));
  }
  JsonValue schema(const Rule& rule) const override {
    std::vector<JsonValue> forms;
    if (allows(rule, Unit::kSteps)) {
      JsonValue steps = json_object({{"type", json_string("integer")}});
      add_range(steps, rule);
      add_member(steps, "maximum", json_number("1000000000000000"));
      forms.push_back(std::move(steps));
    }
    forms.push_back(
        json_object({{"type", json_string("string")}, {"pattern", json_string(pattern(rule))}}));
    return json_object({{"anyOf", json_array(std::move(forms))}});
  }

 private:
  static std::string remark(const std::string& text) {
    if (text.ends_with('%')) return "write \"6 percent\"";
    if (to_integer(text)) return "a unit is missing, as in \"500 steps\"";
    return "write a number, a space and a unit, as in \"500 steps\"; steps and tokens are whole";
  }

  static std::string pattern(const Rule& rule) {
    std::string whole;
    std::string any;
    for (const Unit unit : rule.units) {
      if (unit == Unit::kPercent) continue;
      const std::string_view name = name_of(unit);
      std::string& group = unit == Unit::kSteps || unit == Unit::kTokens ? whole : any;
      group += base::cat(group.empty() ? "" : "|", name, "?");
    }
    constexpr std::string_view kWhole = "([0-9]+(\\.0*)?|[0-9]+(\\.[0-9]*)?[eE]\\+?[0-9]+)";
    constexpr std::string_view kAny = "[0-9]+(\\.[0-9]*)?([eE][+-]?[0-9]+)?";
    constexpr std::string_view kPercent = "(100(\\.0*)?|[0-9]{1,2}(\\.[0-9]*)?) percent";
    std::vector<std::string> forms;
    if (!whole.empty()) forms.push_back(base::cat(kWhole, " (", whole, ")"));
    if (!any.empty()) forms.push_back(base::cat(kAny, " (", any, ")"));
    if (allows(rule, Unit::kPercent)) forms.emplace_back(kPercent);
    return base::cat("^", rule.above ? "(?=[0-9.]*[1-9])" : "", "(", base::join(forms, "|"), ")$");
  }
};

class ColumnType final : public ValueType {
 public:
  std::string expected(const Rule&) const override {
    return "the name of a column, or its number from 0";
  }
  Remark read(const JsonValue& value, const Rule&, const Folders&, void* member) const override {
    Column column;
    if (value.kind == JsonKind::kNumber) {
      column.number = to_integer(value.text);
      if (!column.number || *column.number < 0 || *column.number > kMaxColumn) return "";
    } else if (value.kind == JsonKind::kString && !value.text.empty()) {
      column.name = value.text;
    } else {
      return "";
    }
    *static_cast<Column*>(member) = column;
    return {};
  }
  JsonValue write(const void* member) const override {
    const auto& column = *static_cast<const Column*>(member);
    return column.number ? json_number(base::cat(*column.number)) : json_string(column.name);
  }
  JsonValue schema(const Rule&) const override {
    const JsonValue name =
        json_object({{"type", json_string("string")}, {"minLength", json_number("1")}});
    const JsonValue number = json_object({{"type", json_string("integer")},
                                          {"minimum", json_number("0")},
                                          {"maximum", json_number(base::cat(kMaxColumn))}});
    return json_object({{"anyOf", json_array({name, number})}});
  }

 private:
  static constexpr int64_t kMaxColumn = 999999;
};

class SwitchOrWordType final : public ValueType {
 public:
  std::string expected(const Rule& rule) const override {
    return base::cat("true, false or \"", base::join(rule.choices, "\", \""), "\"");
  }
  Remark read(const JsonValue& value, const Rule& rule, const Folders&,
              void* member) const override {
    SwitchOrWord result;
    if (value.kind == JsonKind::kBoolean) {
      result.is_on = value.boolean;
    } else if (value.kind == JsonKind::kString) {
      if (value.text == "true" || value.text == "false") return "write it without quotes";
      if (std::ranges::find(rule.choices, value.text) == rule.choices.end()) return "";
      result.word = value.text;
    } else {
      return "";
    }
    *static_cast<SwitchOrWord*>(member) = result;
    return {};
  }
  JsonValue write(const void* member) const override {
    const auto& setting = *static_cast<const SwitchOrWord*>(member);
    return setting.word.empty() ? json_boolean(setting.is_on) : json_string(setting.word);
  }
  JsonValue schema(const Rule& rule) const override {
    return json_object(
        {{"anyOf", json_array({json_object({{"type", json_string("boolean")}}),
                               json_object({{"enum", json_strings(rule.choices)}})})}});
  }
};

class JsonObjectType final : public ValueType {
 public:
  std::string expected(const Rule&) const override { return "an object"; }
  Remark read(const JsonValue& value, const Rule&, const Folders&, void* member) const override {
    if (!value.is_object()) return "";
    static_cast<JsonObject*>(member)->text = to_line(value);
    return {};
  }
  JsonValue write(const void* member) const override {
    Problems problems;
    return parse_json(static_cast<const JsonObject*>(member)->text, {}, problems).value();
  }
  JsonValue schema(const Rule&) const override {
    return json_object({{"type", json_string("object")}});
  }
};

}  // namespace

template <>
const ValueType& type_of<Duration>() {
  static const DurationType type;
  return type;
}

template <>
const ValueType& type_of<Column>() {
  static const ColumnType type;
  return type;
}

template <>
const ValueType& type_of<SwitchOrWord>() {
  static const SwitchOrWordType type;
  return type;
}

template <>
const ValueType& type_of<JsonObject>() {
  static const JsonObjectType type;
  return type;
}

}  // namespace finetune::config
