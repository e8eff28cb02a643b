#pragma once

#include <optional>
#include <string>

#include "text/json_node.h"
#include "text/tokenizer.h"

namespace finetune::text {

/// How long encodings get where the caller does not say: the sections `truncation` and `padding` of
/// a tokenizer.json. Tokenizers know them and do not act by themselves, but for `side`.
struct LengthSettings {
  struct Truncation {
    int32_t max_length = 0;
    TruncationStrategy strategy = TruncationStrategy::kLongestFirst;
    int32_t stride = 0;
  };
  struct Padding {
    std::optional<int32_t> fixed_length;  ///< absent: as long as the longest encoding of a batch
    bool is_left = false;
    int32_t multiple = 0;  ///< the length is rounded up to one of these; 0: not
    int32_t id = 0;
    int32_t type_id = 0;
    std::string token;
  };

  TruncationSide side = TruncationSide::kRight;  ///< where EncodeOptions::side is absent
  std::optional<Truncation> truncation{};
  std::optional<Padding> padding{};
};

/// Of the root of a tokenizer.json. Throws CheckpointError naming the JSON path of anything that
/// `tokenizers` 0.22.2 refuses, and of lengths without sense.
LengthSettings read_length_settings(const JsonNode& root);

/// What encode() of `tokenizers` does with one text: cuts it as `settings` say...
void set_truncation(const LengthSettings& settings, EncodeOptions& options);
/// ...and fills it up, all that `options` wanted of it. Returns how many tokens that took.
int32_t pad(const LengthSettings& settings, const EncodeOptions& options, Encoding& encoding);

}  // namespace finetune::text
