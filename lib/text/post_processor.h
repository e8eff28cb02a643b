#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "text/length_settings.h"
#include "text/token_buffer.h"
#include "text/tokenizer.h"
#include "text/truncation.h"

namespace finetune::text {

/// One step of a template: the tokens of a text, or fixed special tokens.
struct TemplatePiece {
  enum class Source { kFirst, kSecond, kSpecial };
  Source source = Source::kFirst;
  int32_t type_id = 0;
  std::vector<int32_t> special_ids{};
};

/// Takes the white space at its ends out of a token's offsets (ByteLevel, RobertaProcessing).
struct OffsetTrim {
  bool add_prefix_space = false;  ///< a single space before the first token was put there by us
  /// The special token in front counts as the first one: this trim follows a processor that put it
  /// there.
  bool is_after_first_special = false;
  bool is_after_second_special = false;
};

/// The tokens of one or two texts, cut to length and put into a template ("[CLS] $A [SEP]").
/// Every post-processor of `tokenizers`, and none at all, are a template and some trimming of
/// offsets.
class PostProcessor {
 public:
  using Template = std::vector<TemplatePiece>;

  /// "$A" and "$A $B:1": what a tokenizer without a post-processor does.
  PostProcessor();
  PostProcessor(Template single, Template pair);

  void add_trim(OffsetTrim trim) { trims_.push_back(trim); }
  /// The further windows of a text that was cut have the type ids of the template, too
  /// (RobertaProcessing; elsewhere they have 0 and 1).
  void set_types_in_windows() { types_in_windows_ = true; }

  void set_lengths(LengthSettings lengths) { lengths_ = std::move(lengths); }
  const LengthSettings& lengths() const { return lengths_; }

  /// Both replace `out`. Throw ConfigError when options.max_length leaves no room for the special
  /// tokens, and as truncation.h says.
  void process(const TokenBuffer& first, const EncodeOptions& options, Encoding& out) const;
  void process_pair(const TokenBuffer& first, const TokenBuffer& second,
                    const EncodeOptions& options, Encoding& out) const;

  int32_t id_limit() const;  ///< the largest id of a special token + 1; 0 without any
  bool trims_offsets() const { return !trims_.empty(); }
  const std::vector<OffsetTrim>& trims() const { return trims_; }
  const Template& single() const { return single_; }
  const Template& pair() const { return pair_; }

 private:
  struct Window;
  void process_window(Window& window, const EncodeOptions& options, Encoding& out) const;
  void assemble(const Window& window, const EncodeOptions& options, Encoding& out) const;
  void append_text(const Window& window, const TemplatePiece& piece, const EncodeOptions& options,
                   Encoding& out) const;
  /// Where a token stands, as far as trimming asks.
  struct Place {
    bool is_first;  ///< of its text
    bool is_in_second_text;
    bool has_specials;  ///< special tokens are added
  };
  CharRange trimmed(CharRange offsets, SpaceRuns spaces, Place place) const;
  /// All tokens of a text, the first of which stands at `place`; `spaces_of` gives the space of
  /// one.
  template <class SpacesOf>
  void trim(std::span<CharRange> offsets, Place place, const SpacesOf& spaces_of) const;
  void append_windows(const Window& window, const EncodeOptions& options, Encoding& out) const;

  Template single_;
  Template pair_;
  std::vector<OffsetTrim> trims_;
  bool types_in_windows_ = false;
  LengthSettings lengths_;
};

}  // namespace finetune::text
