#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace finetune::base {

struct JsonLimits {
  size_t max_bytes = size_t{512} << 20;
  int max_depth = 64;
};

/// Strict JSON (RFC 8259) from `text`: no duplicate keys, no comments, no trailing comma, no
/// byte-order mark, numbers within double, bounded depth and size. `what` names the source in
/// messages. Throws CheckpointError with line and column; callers that read another kind of file
/// catch and rewrap it.
nlohmann::json parse_json(std::string_view text, std::string_view what, JsonLimits limits = {});

/// parse_json of a whole file.
nlohmann::json read_json_file(const std::filesystem::path& path, JsonLimits limits = {});

/// Text of `value`; invalid UTF-8 becomes U+FFFD instead of throwing. indent < 0: one line. NaN and
/// infinity become null.
std::string dump_json(const nlohmann::json& value, int indent = -1);

}  // namespace finetune::base
