#include "text/collecting_tokenizer.h"

#include "base/hash.h"
#include "text/utf8.h"

namespace finetune::text {
namespace {

/// Buffers of one thread, reused from call to call.
struct Workspace {
  TokenBuffer first;
  TokenBuffer second;
};

Workspace& workspace() {
  thread_local Workspace buffers;
  return buffers;
}

}  // namespace

uint64_t with_settings(uint64_t fingerprint, bool splits_specials, TruncationSide side) {
  if (splits_specials) fingerprint = base::hash64("split_special_tokens", fingerprint);
  if (side == TruncationSide::kLeft) fingerprint = base::hash64("truncation_side", fingerprint);
  return fingerprint;
}

void CollectingTokenizer::fill(std::string_view text, const EncodeOptions& options,
                               TokenBuffer& out) const {
  out.clear();
  out.text = text;
  out.wants_words = options.want_word_ids;
  out.wants_spaces = options.want_offsets && post_processor().trims_offsets();
  if (options.want_offsets && options.offset_unit == OffsetUnit::kBytes) {
    list_char_starts(text, out.byte_of_char);
  }
  collect(text, options.want_offsets, out);
}

void CollectingTokenizer::encode(std::string_view text, const EncodeOptions& options,
                                 Encoding& out) const {
  TokenBuffer& tokens = workspace().first;
  fill(text, options, tokens);
  post_processor().process(tokens, options, out);
}

void CollectingTokenizer::encode_pair(std::string_view first, std::string_view second,
                                      const EncodeOptions& options, Encoding& out) const {
  Workspace& space = workspace();
  fill(first, options, space.first);
  fill(second, options, space.second);
  post_processor().process_pair(space.first, space.second, options, out);
}

void CollectingTokenizer::sample(std::string_view text, const EncodeOptions& options,
                                 SubwordSampler& sampler, Encoding& out) const {
  if (!has_sampling()) return Tokenizer::sample(text, options, sampler, out);
  TokenBuffer tokens;
  tokens.sampler = &sampler;
  fill(text, options, tokens);
  post_processor().process(tokens, options, out);
}

// A pair is two texts: one parameter more than usual. NOLINTNEXTLINE(readability-function-size)
void CollectingTokenizer::sample_pair(std::string_view first, std::string_view second,
                                      const EncodeOptions& options, SubwordSampler& sampler,
                                      Encoding& out) const {
  if (!has_sampling()) return Tokenizer::sample_pair(first, second, options, sampler, out);
  TokenBuffer first_tokens;
  TokenBuffer second_tokens;
  first_tokens.sampler = second_tokens.sampler = &sampler;
  fill(first, options, first_tokens);
  fill(second, options, second_tokens);
  post_processor().process_pair(first_tokens, second_tokens, options, out);
}

}  // namespace finetune::text
