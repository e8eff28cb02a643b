#include "text/safe_chars.h"

#include "text/unicode_categories.h"
#include "text/utf8.h"

namespace finetune::text {
namespace {

constexpr char32_t kPlane = 0x10000;

bool is_conjoining(char32_t c) {
  return (c >= 0x1100 && c <= 0x11FF) || (c >= 0xA960 && c <= 0xA97F) ||
         (c >= 0xD7B0 && c <= 0xD7FF);
}

bool stands_alone(char32_t c) {
  const Category kind = category(c);
  const bool is_visible =
      is_letter(c) || is_number(c) || (kind >= Category::kPc && kind <= Category::kSo);
  return is_visible && !is_conjoining(c);
}

}  // namespace

SafeChars::SafeChars(const Normalizer* normalizer, const std::string& unsafe_letters)
    : normalizer_(normalizer), states_(std::make_unique<std::atomic<uint8_t>[]>(kPlane)) {
  for (const char32_t c : decode_text(unsafe_letters)) {
    if (c < kPlane) states_[c] = kUnsafe;
  }
  for (char32_t c = '!'; c <= '~'; ++c) ascii_[c] = states_[c] != kUnsafe && find_out(c);
}

bool SafeChars::find_out(char32_t code_point) const {
  bool is_safe = stands_alone(code_point);
  if (is_safe && normalizer_ != nullptr) {
    std::string text;
    append_char(text, code_point);
    AlignedText aligned(text, 0);
    normalizer_->normalize(aligned);
    is_safe = aligned.utf8() == text;
  }
  states_[code_point].store(is_safe ? kSafe : kUnsafe, std::memory_order_relaxed);
  return is_safe;
}

bool SafeChars::all_safe(std::string_view text) const {
  for (size_t at = 0; at < text.size();) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte < 128) {
      if (!ascii_[byte]) return false;
      ++at;
      continue;
    }
    const DecodedChar decoded = decode_char(text.substr(at));
    if (decoded.code_point >= kPlane) return false;
    const uint8_t state = states_[decoded.code_point].load(std::memory_order_relaxed);
    if (state == kUnsafe || (state == kUnasked && !find_out(decoded.code_point))) return false;
    at += decoded.length;
  }
  return true;
}

}  // namespace finetune::text
