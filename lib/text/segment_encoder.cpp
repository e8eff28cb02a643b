#include "text/segment_encoder.h"

#include "text/char_cursor.h"
#include "text/unicode.h"
#include "text/unigram.h"
#include "text/utf8.h"

namespace finetune::text {
namespace {

constexpr char32_t kByteLevelSpace = 0x120;

bool is_trimmed(char32_t c) { return c == kByteLevelSpace || (char_flags(c) & kSpaceChar) != 0; }

class PlainEncoder final : public SegmentEncoder {
 public:
  explicit PlainEncoder(const SegmentParts& parts)
      : parts_(parts), is_unigram_(dynamic_cast<const Unigram*>(&parts.model) != nullptr) {}

  void encode(const Segment& segment, bool want_offsets, TokenBuffer& out) const override {
    AlignedText text(segment.text, segment.first_char);
    if (parts_.normalizer != nullptr) parts_.normalizer->normalize(text);
    if (text.empty()) return;
    if (!parts_.added.matches_normalized_text()) {
      encode_normalized(text.slice(0, text.size()), want_offsets, out);
      return;
    }
    const std::string bytes = text.utf8();
    std::vector<AddedTokens::Split> splits;
    parts_.added.split_normalized(bytes, splits);
    CharCursor chars(bytes);
    for (const AddedTokens::Split& split : splits) {
      const std::string_view part(bytes.data() + split.begin, split.end - split.begin);
      const auto begin = static_cast<size_t>(chars.before(split.begin));
      const auto end = static_cast<size_t>(chars.before(split.end));
      if (split.id) {
        add_token({*split.id, part}, origin(text, begin, end), want_offsets, out);
      } else {
        encode_normalized(text.slice(begin, end), want_offsets, out);
      }
    }
  }

 private:
  struct Added {
    int32_t id;
    std::string_view text;
  };

  static CharRange origin(const AlignedText& text, size_t begin, size_t end) {
    return {text.origin(begin).first, text.origin(end - 1).second};
  }

  static void add_token(const Added& token, CharRange range, bool want_offsets, TokenBuffer& out) {
    out.ids.push_back(token.id);
    if (want_offsets) out.offsets.push_back(range);
    if (out.wants_spaces) out.spaces.push_back(space_runs(token.text));
    out.finish_piece();
  }

  void encode_normalized(AlignedText text, bool want_offsets, TokenBuffer& out) const {
    std::vector<AlignedText> pieces;
    pieces.push_back(std::move(text));
    if (parts_.pre_tokenizer != nullptr) parts_.pre_tokenizer->split(pieces);
    std::vector<Piece> tokens;
    for (const AlignedText& piece : pieces) {
      const std::string bytes = piece.utf8();
      tokens.clear();
      if (out.sampler == nullptr) {
        parts_.model.tokenize(bytes, tokens);
      } else {
        parts_.model.sample(bytes, *out.sampler, tokens);
      }
      for (const Piece& token : tokens) {
        out.ids.push_back(token.id);
        if (out.wants_spaces) out.spaces.push_back(space_runs(text_of(token, bytes)));
      }
      if (want_offsets) append_offsets(piece, bytes, tokens, out.offsets);
      out.finish_piece();
    }
  }

  /// Unknown tokens of Unigram, and no others, keep the text they stand for.
  std::string_view text_of(const Piece& token, std::string_view bytes) const {
    const bool is_unknown = is_unigram_ && token.id == parts_.model.unknown_id();
    if (!is_unknown) return parts_.model.vocabulary().token(token.id);
    return bytes.substr(token.begin, token.end - token.begin);
  }

  static void append_offsets(const AlignedText& piece, std::string_view bytes,
                             const std::vector<Piece>& tokens, std::vector<CharRange>& offsets) {
    std::vector<size_t> char_of_byte;
    char_of_byte.reserve(bytes.size());
    for (size_t i = 0; i < piece.size(); ++i) {
      char unused[4];
      char_of_byte.resize(char_of_byte.size() + encode_char(piece.at(i), unused), i);
    }
    for (const Piece& token : tokens) {
      const size_t begin = std::min<size_t>(token.begin, bytes.size() - 1);
      const size_t end = std::clamp<size_t>(token.end, begin + 1, bytes.size());
      offsets.emplace_back(piece.origin(char_of_byte[begin]).first,
                           piece.origin(char_of_byte[end - 1]).second);
    }
  }

  SegmentParts parts_;
  bool is_unigram_;
};

}  // namespace

void SegmentEncoder::attach(const SegmentEncoder&, std::string_view) {}

SpaceRuns space_runs(std::string_view token) {
  SpaceRuns runs;
  bool is_leading = true;
  while (!token.empty()) {
    const DecodedChar next = decode_char(token);
    token.remove_prefix(next.length);
    const bool is_space = is_trimmed(next.code_point);
    is_leading = is_leading && is_space;
    if (is_leading) ++runs.leading;
    runs.trailing = is_space ? runs.trailing + 1 : 0;
  }
  return runs;
}

std::unique_ptr<SegmentEncoder> make_plain_encoder(const SegmentParts& parts) {
  return std::make_unique<PlainEncoder>(parts);
}

}  // namespace finetune::text
