#include "text/unicode_categories.h"

#include <algorithm>
#include <iterator>

#include "text/unicode.h"

namespace finetune::text {
namespace {

#include "text/unicode_categories.inc"

}  // namespace

uint8_t char_properties(char32_t code_point) {
  if (code_point >= 0x110000) return 0;
  const uint32_t page = kPropertyPageOf[code_point / kCharPageSize];
  return kProperties[page * kCharPageSize + code_point % kCharPageSize];
}

uint8_t script_group(char32_t code_point) {
  const auto* after = std::upper_bound(std::begin(kScriptFrom), std::end(kScriptFrom), code_point);
  return kScriptGroup[after - std::begin(kScriptFrom) - 1];
}

}  // namespace finetune::text
