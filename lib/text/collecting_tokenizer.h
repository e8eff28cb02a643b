#pragma once

#include "text/post_processor.h"
#include "text/token_buffer.h"
#include "text/tokenizer.h"

namespace finetune::text {

/// `fingerprint` where nothing differs from what is usual: a cache that is there stays valid.
uint64_t with_settings(uint64_t fingerprint, bool splits_specials, TruncationSide side);

/// A tokenizer that encodes in two steps: it collects the tokens of each text, of which the
/// post-processor then makes an encoding.
class CollectingTokenizer : public Tokenizer {
 public:
  void encode(std::string_view text, const EncodeOptions& options, Encoding& out) const final;
  void encode_pair(std::string_view first, std::string_view second, const EncodeOptions& options,
                   Encoding& out) const final;
  void sample(std::string_view text, const EncodeOptions& options, SubwordSampler& sampler,
              Encoding& out) const final;
  void sample_pair(std::string_view first, std::string_view second, const EncodeOptions& options,
                   SubwordSampler& sampler, Encoding& out) const final;
  const LengthSettings& length_settings() const final { return post_processor().lengths(); }

 private:
  /// Appends the tokens of `text` to `out`, which is empty and says what is wanted of them: where
  /// it has a sampler, that draws them. Offsets are in code points.
  virtual void collect(std::string_view text, bool want_offsets, TokenBuffer& out) const = 0;
  virtual const PostProcessor& post_processor() const = 0;

  void fill(std::string_view text, const EncodeOptions& options, TokenBuffer& out) const;
};

}  // namespace finetune::text
