#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "text/aligned_text.h"

namespace finetune::text {

/// The normal forms of Unicode as `tokenizers` 0.22.2 computes them (an older Unicode than that of
/// its categories); see tools/make_category_tables.py.
enum class NormalForm { kNfc, kNfd, kNfkc, kNfkd };

void normalize(AlignedText& text, NormalForm form);

/// The full compatibility decomposition where it is another one than the canonical, else nothing.
std::span<const uint32_t> compatible_decomposition(char32_t code_point);

/// The character that the two compose to.
std::optional<char32_t> compose(char32_t first, char32_t second);

}  // namespace finetune::text
