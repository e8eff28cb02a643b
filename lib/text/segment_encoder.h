#pragma once

#include <memory>
#include <string_view>

#include "text/added_tokens.h"
#include "text/normalizer.h"
#include "text/pre_tokenizer.h"
#include "text/token_buffer.h"
#include "text/token_model.h"

namespace finetune::text {

/// A stretch of a text that holds no added token (of those matched before normalising);
/// `first_char` is the code-point index of its start in the whole text.
struct Segment {
  std::string_view text;
  int32_t first_char;
};

/// Normalizer, pre-tokenizer and model as one: how the text between two added tokens becomes
/// tokens. Immutable, usable from many threads.
class SegmentEncoder {
 public:
  virtual ~SegmentEncoder() = default;

  /// Appends the tokens of `segment`: ids; offsets where `want_offsets`; words and spaces where
  /// `out` wants them. Calls out.finish_piece() after every piece of the pre-tokenizer.
  virtual void encode(const Segment& segment, bool want_offsets, TokenBuffer& out) const = 0;

  /// Told to a fast encoder once, before it is used, where added tokens may be in its texts once
  /// they are normalised: `plain` (which outlives it) takes the texts that it cannot do itself, and
  /// those that, normalised, may hold one of `bytes`. Texts that hold one as they are, it never
  /// gets.
  virtual void attach(const SegmentEncoder& plain, std::string_view bytes);
};

/// The three parts (the first two may be absent) and what may cut their text; all outlive the
/// encoder.
struct SegmentParts {
  const Normalizer* normalizer;
  const PreTokenizer* pre_tokenizer;
  const TokenModel& model;
  const AddedTokens& added;
};

/// One part after the other, as `tokenizers` 0.22.2 does it: slow, and right for every tokenizer.
std::unique_ptr<SegmentEncoder> make_plain_encoder(const SegmentParts& parts);

/// White space at both ends of a token's text, as offsets are trimmed by it: U+0120, the byte-level
/// form of the space, counts too.
SpaceRuns space_runs(std::string_view token);

}  // namespace finetune::text
