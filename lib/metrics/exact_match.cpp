#include "metrics/exact_match.h"

#include <algorithm>

#include "base/strings.h"
#include "metrics/unicode.h"

namespace finetune::metrics {

std::string ExactMatch::settings() const {
  return base::cat("case:", options_.ignore_case ? "lc" : "mixed",
                   "|punct:", options_.ignore_punctuation ? "no" : "yes",
                   "|numbers:", options_.ignore_numbers ? "no" : "yes");
}

std::u32string ExactMatch::simplified(std::string_view text) const {
  std::u32string simple = base::decode_utf8(text);
  if (options_.ignore_case) simple = to_lower(simple);
  std::erase_if(simple, [&](char32_t c) {
    return (options_.ignore_punctuation && is_ascii_punctuation(c)) ||
           (options_.ignore_numbers && is_digit(c));
  });
  return simple;
}

Statistics ExactMatch::statistics(std::string_view hypothesis,
                                  std::span<const std::string> references) const {
  check_references(references);
  const std::u32string said = simplified(hypothesis);
  const bool is_match = std::ranges::any_of(
      references, [&](const std::string& reference) { return simplified(reference) == said; });
  return {is_match ? 1.0 : 0.0, 1.0};
}

}  // namespace finetune::metrics
