#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "config/value_type.h"

namespace finetune::config {

/// " >= 0 and < 1"; empty where every number is allowed.
std::string range_text(const Rule& rule);

bool is_in_range(double number, const Rule& rule);

/// Adds minimum, exclusiveMinimum, ... to a JSON Schema.
void add_range(JsonValue& schema, const Rule& rule);

/// A JSON number as an integer: "3", and also "3.0" and "1e3" as in JSON Schema; nothing for "1.5"
/// or beyond 64 bits.
std::optional<int64_t> to_integer(std::string_view number);

/// "write it without quotes" for a string that holds a number, "write 0.5" for the override .5;
/// else "".
std::string number_remark(const JsonValue& value);

/// "the largest is 9223372036854775807" for a number beyond that, else "".
std::string integer_remark(const JsonValue& number);

}  // namespace finetune::config
