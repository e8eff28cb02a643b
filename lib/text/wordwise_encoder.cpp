#include "text/wordwise_encoder.h"

#include <algorithm>
#include <array>

#include "base/strings.h"
#include "text/char_counter.h"
#include "text/padded_text.h"
#include "text/safe_chars.h"
#include "text/utf8.h"
#include "text/word_cache.h"
#include "text/word_learner.h"

namespace finetune::text {
namespace {

constexpr std::string_view kMetaspace = "\xE2\x96\x81";
constexpr char kFirstWordMark = '\x01';  ///< before the key of a word that has no prefix

/// Raised where only the plain encoder knows; caught in encode().
struct NotWordwise {};

enum class PrefixKind { kNone, kSpace, kAdded };

/// Buffers of one thread.
struct Workspace {
  std::vector<Piece> pieces;
  std::string text;
  std::string piece;
  TokenBuffer tokens;
};

Workspace& workspace() {
  thread_local Workspace space;
  return space;
}

/// The length of the word that begins at `begin`.
size_t word_length(const PaddedText& text, size_t begin) {
  size_t length = 0;
  while (begin + length < text.size()) {
    const size_t step = count_until(text.block(begin + length), ' ');
    length += step;
    if (step < 16) break;
  }
  return std::min(length, text.size() - begin);
}

class WordwiseEncoder final : public SegmentEncoder {
 public:
  explicit WordwiseEncoder(WordwiseParts parts)
      : parts_(std::move(parts)),
        options_(parts_.options),
        plain_(make_plain_encoder(
            {parts_.normalizer.get(), parts_.pre_tokenizer.get(), parts_.model, no_added_})) {}

  void encode(const Segment& segment, bool want_offsets, TokenBuffer& out) const override;
  void attach(const SegmentEncoder& plain, std::string_view bytes) override {
    fallback_ = &plain;
    learner_.avoid(bytes);
    is_disabled_ = bytes.find_first_of(" \xE2") != std::string_view::npos;  // spaces change, too
  }

 private:
  template <bool kDetailed>
  struct Run;

  /// Replaces `pieces` by the tokens of a word, their ends in bytes of the word; nothing where the
  /// word does not stand for itself.
  void tokenize(std::string_view word, bool has_prefix, std::vector<Piece>& pieces) const {
    pieces.clear();
    if (!safe_chars_.all_safe(word)) {
      if (word.size() > WordCache::LongSlot::kMostBytes) return;
      pieces = learner_.learn({word, has_prefix});
      return;
    }
    std::string& piece = workspace().piece;
    piece = has_prefix ? kMetaspace : "";
    piece += word;
    parts_.model.tokenize(piece, pieces);
    const auto shift = static_cast<uint32_t>(has_prefix ? kMetaspace.size() : 0);
    uint32_t next = 0;
    bool follow_one_another = true;  // not so the bytes of a character that no token covers
    for (Piece& token : pieces) {
      const bool cuts_char = token.end < piece.size() && (piece[token.end] & 0xC0) == 0x80;
      follow_one_another = follow_one_another && token.begin == next && !cuts_char;
      next = token.end;
      token.begin = std::max(token.begin, shift) - shift;
      token.end = std::max(token.end, shift) - shift;
    }
    if (follow_one_another) return;
    for (Piece& token : pieces) token.end = kUnknownEnd;
  }

  WordwiseParts parts_;
  const WordwiseOptions& options_;
  AddedTokens no_added_;
  std::unique_ptr<SegmentEncoder> plain_;
  WordLearner learner_{*plain_, parts_.normalizer.get(), options_};
  const SegmentEncoder* fallback_ = plain_.get();
  bool is_disabled_ = false;
  SafeChars safe_chars_{options_.is_one_piece ? nullptr : parts_.normalizer.get(),
                        options_.unsafe_letters + std::string(kMetaspace)};
  mutable WordCache cache_;
};

template <bool kDetailed>
struct WordwiseEncoder::Run {
  const WordwiseEncoder& encoder;
  const Segment& segment;
  bool want_offsets;
  TokenBuffer& out;
  PaddedText text{segment.text};
  CharCounter chars{kDetailed && want_offsets ? segment.text : std::string_view()};

  void run() {
    const WordwiseOptions& options = encoder.options_;
    size_t at = 0;
    while (true) {
      const size_t spaces_begin = at;
      while (at < text.size() && segment.text[at] == ' ') ++at;
      size_t num_spaces = at - spaces_begin;
      // A run becomes a visible space, which WhitespaceSplit does not cut at.
      if (num_spaces > 1 && options.splits_first && options.joins_spaces) throw NotWordwise();
      const bool is_first = spaces_begin == 0;
      if (is_first && num_spaces > 0 && options.prepends_always) throw NotWordwise();
      if (at == text.size()) return finish(num_spaces);
      if (is_first && options.strips_left && num_spaces > 0) {
        // The stripped text no longer begins where the whole text does.
        if (options.prefix == WordwiseOptions::Prefix::kAtStart) throw NotWordwise();
        num_spaces = 0;
      }
      add_lone_spaces(num_spaces > 1 ? num_spaces - 1 : 0);
      const bool has_space = num_spaces > 0 && !options.splits_first;
      add_word(at, has_space ? PrefixKind::kSpace : first_prefix());
      at += word_size;
    }
  }

  PrefixKind first_prefix() const {
    using Prefix = WordwiseOptions::Prefix;
    const Prefix prefix = encoder.options_.prefix;
    const bool adds =
        prefix == Prefix::kAlways || (prefix == Prefix::kAtStart && segment.first_char == 0);
    return adds ? PrefixKind::kAdded : PrefixKind::kNone;
  }

  void finish(size_t num_spaces) {
    const WordwiseOptions& options = encoder.options_;
    if (options.is_one_piece && num_spaces == 0) out.finish_piece();
    if (options.strips_right || options.splits_first || num_spaces == 0) return;
    if (kDetailed || options.is_one_piece) throw NotWordwise();
    if (encoder.options_.joins_spaces) num_spaces = 1;
    push_lone_spaces(num_spaces);
  }

  void add_lone_spaces(size_t count) {
    if (count == 0 || encoder.options_.splits_first) return;
    if (kDetailed || encoder.options_.is_one_piece) throw NotWordwise();
    if (encoder.options_.joins_spaces) return;
    push_lone_spaces(count);
  }

  void push_lone_spaces(size_t count) {
    std::vector<Piece>& pieces = workspace().pieces;
    pieces.clear();
    encoder.parts_.model.tokenize(kMetaspace, pieces);
    for (size_t i = 0; i < count; ++i) {
      for (const Piece& token : pieces) out.ids.push_back(token.id);
    }
  }

  void add_word(size_t begin, PrefixKind prefix) {
    word_begin = begin;
    word_prefix = prefix;
    word_size = word_length(text, begin);
    const bool is_rare =
        prefix == PrefixKind::kNone || word_size > WordCache::ShortSlot::kMostBytes ||
        segment.text[begin] == kFirstWordMark || segment.text[begin + word_size - 1] == '\0';
    if (is_rare) return add_rare_word();
    const auto* slot = encoder.cache_.find(load_16(text.block(begin), word_size));
    if (slot == nullptr) return add_rare_word();
    add_tokens(*slot);
  }

  template <class Slot>
  void add_tokens(const Slot& slot) {
    const uint32_t count = slot.num_tokens();
    if (count == 0) throw NotWordwise();
    out.ids.push_back(slot.id(0));
    for (uint32_t i = 1; i < count; ++i) out.ids.push_back(slot.id(i));
    const auto length = static_cast<uint32_t>(word_size);
    describe(count, [&](uint32_t i) { return slot.end(i, length); });
  }

  void add_rare_word() {
    std::array<char, PaddedText::kBlock> marked{};
    const std::string_view word = segment.text.substr(word_begin, word_size);
    std::string_view key = word;
    if (word_prefix == PrefixKind::kNone && word_size < marked.size()) {
      marked[0] = kFirstWordMark;
      std::copy(word.begin(), word.end(), marked.begin() + 1);
      key = {marked.data(), word_size + 1};
    }
    const bool has_key = key.size() <= WordCache::LongSlot::kMostBytes &&
                         word.front() != kFirstWordMark && word.back() != '\0' &&
                         (word_prefix != PrefixKind::kNone || key.size() > word.size());
    if (has_key) {
      const char* block = key.data() == marked.data() ? key.data() : text.block(word_begin);
      if (key.size() <= WordCache::ShortSlot::kMostBytes) {
        const auto* slot = encoder.cache_.find(load_16(block, key.size()));
        if (slot != nullptr) return add_tokens(*slot);
      }
      const auto* slot = encoder.cache_.find(load_32(block, key.size()));
      if (slot != nullptr) return add_tokens(*slot);
    }
    std::vector<Piece>& pieces = workspace().pieces;
    encoder.tokenize(word, word_prefix != PrefixKind::kNone, pieces);
    if (has_key) encoder.cache_.add(key, pieces);
    if (pieces.empty()) throw NotWordwise();
    for (const Piece& piece : pieces) out.ids.push_back(piece.id);
    describe(static_cast<uint32_t>(pieces.size()), [&](uint32_t i) { return pieces[i].end; });
  }

  /// Offsets and word number of the word's tokens.
  template <class EndOf>
  void describe(uint32_t count, const EndOf& end_of) {
    if (!kDetailed) return;
    if (count > 1 && end_of(0) == kUnknownEnd) throw NotWordwise();
    if (want_offsets) {
      uint32_t from = 0;
      for (uint32_t i = 0; i < count; ++i) {
        const uint32_t to = end_of(i);
        add_offsets(i == 0, from, to);
        from = to;
      }
    }
    if (!encoder.options_.is_one_piece) out.finish_piece();
  }

  void add_offsets(bool is_first, uint32_t from, uint32_t to) {
    auto begin = static_cast<int32_t>(chars.before(word_begin + from));
    auto end = static_cast<int32_t>(chars.before(word_begin + to));
    if (is_first && word_prefix == PrefixKind::kSpace) --begin;
    if (begin == end) ++end;  // an added prefix stands for the first character
    out.offsets.emplace_back(segment.first_char + begin, segment.first_char + end);
  }

  size_t word_begin = 0;
  size_t word_size = 0;
  PrefixKind word_prefix = PrefixKind::kNone;
};

void WordwiseEncoder::encode(const Segment& segment, bool want_offsets, TokenBuffer& out) const {
  if (segment.text.empty()) return;
  const bool is_repaired = !is_ascii(segment.text) && !base::is_valid_utf8(segment.text);
  if (is_repaired || is_disabled_ || out.wants_spaces) {
    return fallback_->encode(segment, want_offsets, out);
  }
  const size_t num_ids = out.ids.size();
  const int32_t num_words = out.num_words;
  try {
    if (want_offsets || out.wants_words) {
      Run<true>{*this, segment, want_offsets, out}.run();
    } else {
      Run<false>{*this, segment, false, out}.run();
    }
    return;
  } catch (const NotWordwise&) {
    out.resize(num_ids, want_offsets);
    if (out.wants_words) out.words.resize(num_ids);
    out.num_words = num_words;
  }
  fallback_->encode(segment, want_offsets, out);
}

}  // namespace

std::unique_ptr<SegmentEncoder> make_wordwise_encoder(WordwiseParts parts) {
  return std::make_unique<WordwiseEncoder>(std::move(parts));
}

}  // namespace finetune::text
