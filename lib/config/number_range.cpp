#include "config/number_range.h"

#include <array>
#include <cmath>
#include <limits>

#include "base/strings.h"

namespace finetune::config {
namespace {

constexpr double kTwoTo63 = 9223372036854775808.0;

struct Bound {
  std::string_view sign;
  std::string_view keyword;  ///< of JSON Schema
  const std::optional<double>& value;
};

std::array<Bound, 4> bounds_of(const Rule& rule) {
  return {{{">=", "minimum", rule.at_least},
           {">", "exclusiveMinimum", rule.above},
           {"<=", "maximum", rule.at_most},
           {"<", "exclusiveMaximum", rule.below}}};
}

std::string bound_text(double bound) {
  const bool is_count = std::floor(bound) == bound && std::abs(bound) < 1e15;
  return is_count ? base::cat(static_cast<int64_t>(bound)) : base::to_text(bound);
}

}  // namespace

std::string range_text(const Rule& rule) {
  std::string text;
  for (const Bound& bound : bounds_of(rule)) {
    if (!bound.value) continue;
    text += base::cat(text.empty() ? " " : " and ", bound.sign, " ", bound_text(*bound.value));
  }
  return text;
}

bool is_in_range(double number, const Rule& rule) {
  return (!rule.at_least || number >= *rule.at_least) &&
         (!rule.at_most || number <= *rule.at_most) && (!rule.above || number > *rule.above) &&
         (!rule.below || number < *rule.below);
}

void add_range(JsonValue& schema, const Rule& rule) {
  for (const Bound& bound : bounds_of(rule)) {
    if (bound.value) add_member(schema, bound.keyword, json_number(bound_text(*bound.value)));
  }
}

std::optional<int64_t> to_integer(std::string_view number) {
  if (const std::optional<int64_t> integer = base::parse_int64(number)) return integer;
  const std::optional<double> real = base::parse_double(number);
  if (!real || std::floor(*real) != *real || *real < -kTwoTo63 || *real >= kTwoTo63) return {};
  return static_cast<int64_t>(*real);
}

std::string number_remark(const JsonValue& value) {
  const std::optional<double> number = base::parse_double(value.text);
  if (value.kind != JsonKind::kString || !number) return "";
  const bool has_no_quotes = value.raw == value.text;  // .5 and 007 are no numbers of JSON
  return has_no_quotes ? base::cat("write ", *number) : "write it without quotes";
}

std::string integer_remark(const JsonValue& number) {
  const bool is_beyond = base::parse_double(number.text).value_or(0.0) >= kTwoTo63;
  return is_beyond ? base::cat("the largest is ", std::numeric_limits<int64_t>::max()) : "";
}

}  // namespace finetune::config
