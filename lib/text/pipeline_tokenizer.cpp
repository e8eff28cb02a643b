#include "text/pipeline_tokenizer.h"

#include <algorithm>

#include "base/strings.h"
#include "text/char_cursor.h"
#include "text/clean_up.h"
#include "text/collecting_tokenizer.h"

namespace finetune::text {
namespace {

std::vector<std::string> normalized_contents(const PipelineParts& parts) {
  std::vector<std::string> contents;
  for (const AddedToken& token : parts.added_tokens) {
    AlignedText text(token.content, 0);
    if (parts.normalizer) parts.normalizer->normalize(text);
    contents.push_back(text.utf8());
  }
  return contents;
}

/// Buffers of one thread, reused from call to call.
struct Workspace {
  std::vector<AddedTokens::Split> splits;
  std::vector<AddedTokens::Split> inner_splits;
};

Workspace& workspace() {
  thread_local Workspace buffers;
  return buffers;
}

class PipelineTokenizer final : public CollectingTokenizer {
 public:
  explicit PipelineTokenizer(PipelineParts parts)
      : parts_(std::move(parts)),
        added_(parts_.added_tokens, normalized_contents(parts_), parts_.model->vocabulary(),
               parts_.splits_specials),
        plain_encoder_(make_plain_encoder(
            {parts_.normalizer.get(), parts_.pre_tokenizer.get(), *parts_.model, added_})),
        pad_id_(id_of(parts_.pad_token)) {
    // Without a normalizer, added tokens are cut out before the fast encoder is asked.
    if (parts_.fast_encoder && parts_.normalizer) {
      parts_.fast_encoder->attach(*plain_encoder_, added_.first_bytes_of_normalized());
    }
  }

  std::string decode(std::span<const int32_t> ids, bool skip_special_tokens) const override {
    std::string text = decode_uncleaned(ids, skip_special_tokens);
    if (parts_.cleans_up_spaces) clean_up_spaces(text);
    return text;
  }

  std::string decode_uncleaned(std::span<const int32_t> ids,
                               bool skip_special_tokens) const override {
    std::vector<std::string> tokens;
    for (const int32_t id : ids) {
      if (added_.find(id) == nullptr && !parts_.model->vocabulary().has(id)) continue;
      const std::string_view content = token(id);
      if (skip_special_tokens && added_.is_special(content)) continue;
      tokens.emplace_back(content);
    }
    if (!parts_.decoder) return base::join(tokens, " ");
    parts_.decoder->decode(tokens);
    return base::join(tokens, "");
  }

  int32_t vocab_size() const override {
    return std::max({parts_.model->vocabulary().id_limit(), added_.id_limit(),
                     parts_.post_processor.id_limit()});
  }

  std::string_view token(int32_t id) const override {
    const AddedToken* added = added_.find(id);
    return added != nullptr ? std::string_view(added->content)
                            : parts_.model->vocabulary().token(id);
  }

  std::optional<int32_t> id_of(std::string_view token) const override {
    const std::optional<int32_t> added = added_.id_of(token);
    return added ? added : parts_.model->vocabulary().id_of(token);
  }

  bool has_sampling() const override { return parts_.model->has_sampling(); }
  std::optional<int32_t> pad_id() const override { return pad_id_; }
  std::optional<int32_t> unknown_id() const override { return parts_.model->unknown_id(); }
  uint64_t fingerprint() const override {
    return with_settings(parts_.fingerprint, parts_.splits_specials,
                         parts_.post_processor.lengths().side);
  }
  std::string description() const override {
    return base::cat(parts_.model->description(), ", ", vocab_size(), " tokens");
  }

 private:
  void collect(std::string_view text, bool want_offsets, TokenBuffer& out) const override;
  const PostProcessor& post_processor() const override { return parts_.post_processor; }
  void collect_segment(const Segment& segment, bool want_offsets, TokenBuffer& out) const;
  /// A segment and where its added tokens are.
  struct CutSegment {
    const Segment& segment;
    const std::vector<AddedTokens::Split>& splits;
  };
  template <class Body>
  static void for_each_split(const CutSegment& cut, bool want_offsets, TokenBuffer& out,
                             const Body& encode_text);

  PipelineParts parts_;
  AddedTokens added_;
  std::unique_ptr<SegmentEncoder> plain_encoder_;
  std::optional<int32_t> pad_id_;
};

/// Appends the added tokens of the segment and hands the text between them to `encode_text`.
template <class Body>
void PipelineTokenizer::for_each_split(const CutSegment& cut, bool want_offsets, TokenBuffer& out,
                                       const Body& encode_text) {
  CharCursor chars(cut.segment.text);
  for (const AddedTokens::Split& split : cut.splits) {
    const std::string_view part = cut.segment.text.substr(split.begin, split.end - split.begin);
    const int32_t begin = cut.segment.first_char + chars.before(split.begin);
    if (!split.id) {
      encode_text(Segment{part, begin});
      continue;
    }
    out.ids.push_back(*split.id);
    if (want_offsets) {
      out.offsets.emplace_back(begin, cut.segment.first_char + chars.before(split.end));
    }
    if (out.wants_spaces) out.spaces.push_back(space_runs(part));
    out.finish_piece();
  }
}

void PipelineTokenizer::collect_segment(const Segment& segment, bool want_offsets,
                                        TokenBuffer& out) const {
  if (!parts_.fast_encoder || out.sampler != nullptr) {
    plain_encoder_->encode(segment, want_offsets, out);
    return;
  }
  if (!added_.may_match_normalized(segment.text)) {
    parts_.fast_encoder->encode(segment, want_offsets, out);
    return;
  }
  if (parts_.normalizer) {  // it may join what added tokens cut
    plain_encoder_->encode(segment, want_offsets, out);
    return;
  }
  std::vector<AddedTokens::Split>& splits = workspace().inner_splits;
  added_.split_normalized(segment.text, splits);
  for_each_split({segment, splits}, want_offsets, out, [&](const Segment& part) {
    parts_.fast_encoder->encode(part, want_offsets, out);
  });
}

void PipelineTokenizer::collect(std::string_view text, bool want_offsets, TokenBuffer& out) const {
  if (!added_.may_match(text)) {
    collect_segment({text, 0}, want_offsets, out);
    return;
  }
  std::vector<AddedTokens::Split>& splits = workspace().splits;
  added_.split(text, splits);
  const Segment whole{text, 0};
  for_each_split({whole, splits}, want_offsets, out,
                 [&](const Segment& part) { collect_segment(part, want_offsets, out); });
}

}  // namespace

std::unique_ptr<Tokenizer> make_pipeline_tokenizer(PipelineParts parts) {
  return std::make_unique<PipelineTokenizer>(std::move(parts));
}

}  // namespace finetune::text
