#pragma once

#include <string>
#include <string_view>

namespace finetune::metrics {

/// How TER reads a line; the names and defaults are sacreBLEU's.
struct TerOptions {
  bool normalized = false;  ///< punctuation apart, XML entities read; CJK apart with asian_support
  bool no_punct = false;    ///< without punctuation
  bool asian_support = false;  ///< the other two also for CJK characters and punctuation
  bool case_sensitive = false;
};

/// Tercom's normalisation (src/ter/core/Normalizer.java, as sacreBLEU 2.6.0 has it); split_words()
/// of the result gives the words.
std::u32string tercom_normalize(std::u32string_view line, const TerOptions& options);

}  // namespace finetune::metrics
