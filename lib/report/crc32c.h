#pragma once

#include <cstdint>
#include <string_view>

namespace finetune::report {

/// CRC-32C (Castagnoli), as in RFC 3720, appendix B.4.
uint32_t crc32c(std::string_view bytes);

/// The form that TFRecord files keep, so that a checksum of a checksum is no special case:
/// rotate right by 15, add 0xa282ead8.
uint32_t masked_crc32c(std::string_view bytes);

}  // namespace finetune::report
