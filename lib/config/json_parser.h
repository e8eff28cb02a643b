#pragma once

#include <optional>
#include <string_view>

#include "config/json_value.h"
#include "config/problems.h"

namespace finetune::config {

/// Strict JSON (RFC 8259) with the position of every value. Everything that JSON forbids is added
/// to `problems`: comments, trailing commas, duplicate keys, numbers out of range, ...; where the
/// meaning is clear reading goes on, so that all errors of a file are found at once.
///
/// Nothing when the text is unreadable as a whole (the reason is in `problems`).
std::optional<JsonValue> parse_json(std::string_view text, Position start, Problems& problems);

}  // namespace finetune::config
