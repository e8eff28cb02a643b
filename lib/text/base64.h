#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace finetune::text {

/// RFC 4648 base64 with padding.
std::string encode_base64(std::string_view bytes);

/// Nothing where `text` is not base64: another character, a wrong length, a missing or superfluous
/// '=', bits left over that are not zero.
std::optional<std::string> decode_base64(std::string_view text);

}  // namespace finetune::text
