#pragma once

#include <memory>

#include "text/json_node.h"
#include "text/text_pattern.h"

namespace finetune::text {

/// Reads a regular expression in Oniguruma's syntax, which `tokenizers` uses. The expressions of
/// well-known tokenizers are scanners written for them, others run on PCRE2 with limits on steps,
/// time and memory. Throws CheckpointError naming the JSON path of an expression that is malformed,
/// or that PCRE2 would read differently; find() throws DataError where a limit is reached.
std::unique_ptr<TextPattern> read_regex(const JsonNode& node);

}  // namespace finetune::text
