#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "text/normalizer.h"

namespace finetune::text {

/// The characters that a normalizer leaves alone, whatever stands beside them, as long as that is
/// such a character, too: letters, digits, punctuation and symbols of the basic plane that it maps
/// to themselves. Marks, format characters and conjoining Hangul letters, which may join with their
/// neighbours, are never among them, nor are spaces. Found out when first asked for.
class SafeChars {
 public:
  /// `normalizer` may be null and outlives this; `unsafe_letters` are those of patterns that it
  /// replaces.
  SafeChars(const Normalizer* normalizer, const std::string& unsafe_letters);

  /// True when all characters of well-formed `text` are safe.
  bool all_safe(std::string_view text) const;

 private:
  enum State : uint8_t { kUnasked, kSafe, kUnsafe };
  bool find_out(char32_t code_point) const;

  const Normalizer* normalizer_;
  std::array<bool, 128> ascii_{};
  std::unique_ptr<std::atomic<uint8_t>[]> states_;  ///< [0x10000]
};

}  // namespace finetune::text
