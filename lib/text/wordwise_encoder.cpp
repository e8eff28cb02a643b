#include "text/wordwise_encoder.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/strings.h"
#include "text/char_counter.h"
#include "text/padded_text.h"
#include "text/safe_chars.h"
#include "text/word_cache.h"
#include "text/word_layouts.h"
#include "text/word_learner.h"
#include "text/wordwise_scanner.h"

namespace finetune::text {
namespace {

constexpr std::string_view kMetaspace = "\xE2\x96\x81";
constexpr char kNoPrefixMark = '\x01';  ///< before the key of a word that has no prefix

/// Buffers of one thread.
struct Workspace {
  std::vector<Piece> pieces;
  std::string piece;
};

Workspace& workspace() {
  thread_local Workspace space;
  return space;
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

  /// Replaces `pieces` by the tokens of a word, with their ends as WordLearner::learn() gives them;
  /// none where the word is cut differently in different places.
  void tokenize(std::string_view word, bool has_prefix, std::vector<Piece>& pieces) const {
    pieces.clear();
    if (safe_chars_.all_safe(word)) {
      tokenize_safe(word, has_prefix, pieces);
    } else if (word.size() <= WordCache::LongSlot::kMostBytes) {
      pieces = learner_.learn(word, has_prefix);
    }
  }

  void tokenize_safe(std::string_view word, bool has_prefix, std::vector<Piece>& pieces) const {
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
  WordLayouts layouts_{learner_};
};

/// One segment, word by word. `kDetailed`: offsets or words are wanted, too.
template <bool kDetailed>
struct WordwiseEncoder::Run {
  const WordwiseEncoder& encoder;
  const Segment& segment;
  bool want_offsets;
  TokenBuffer& out;
  PaddedText text{segment.text};
  CharCounter chars{kDetailed && want_offsets ? segment.text : std::string_view()};
  SpacedWord word{};

  void run() {
    WordwiseScanner scanner(text, segment.first_char == 0, encoder.options_);
    do {
      word = scanner.next();
      if (word.num_lone_spaces > 0) add_lone_spaces();
      if (word.length > 0) add_word();
    } while (word.length > 0);
    if (encoder.options_.is_one_piece) out.finish_piece();
  }

  void add_lone_spaces() {
    std::vector<Piece>& pieces = workspace().pieces;
    pieces.clear();
    encoder.parts_.model.tokenize(kMetaspace, pieces);
    const size_t end = word.lone_spaces_end();
    for (size_t at = end - word.num_lone_spaces; at < end; ++at) {
      for (const Piece& token : pieces) {
        out.ids.push_back(token.id);
        if (kDetailed && want_offsets) push_offsets(char_at(at), char_at(at) + 1);
      }
      if (kDetailed) out.finish_piece();
    }
  }

  void add_word() {
    const bool is_rare = word.prefix == WordPrefix::kNone ||
                         word.length > WordCache::ShortSlot::kMostBytes ||
                         segment.text[word.begin] == kNoPrefixMark ||
                         segment.text[word.begin + word.length - 1] == '\0';
    const WordCache::ShortSlot* slot =
        is_rare ? nullptr : encoder.cache_.find(load_16(text.block(word.begin), word.length));
    if (slot != nullptr) {
      add_known(*slot);
    } else {
      add_rare_word();
    }
  }

  template <class Slot>
  void add_known(const Slot& slot) {
    const uint32_t count = slot.num_tokens();
    if (count == 0) throw NotWordwise();
    out.ids.push_back(slot.id(0));
    for (uint32_t i = 1; i < count; ++i) out.ids.push_back(slot.id(i));
    if (kDetailed) describe(count, [&](uint32_t i) { return slot.end(i); });
  }

  /// One that the table of short words with a prefix does not hold.
  void add_rare_word() {
    const std::string_view bytes = segment.text.substr(word.begin, word.length);
    const bool has_prefix = word.prefix != WordPrefix::kNone;
    // The key of a word is its bytes, behind the mark where it has no prefix.
    std::array<char, PaddedText::kBlock> marked{kNoPrefixMark};
    const size_t key_size = word.length + (has_prefix ? 0 : 1);
    const bool has_key = key_size <= WordCache::LongSlot::kMostBytes &&
                         bytes.front() != kNoPrefixMark && bytes.back() != '\0';
    const char* block = has_prefix ? text.block(word.begin) : marked.data();
    if (has_key) {
      if (!has_prefix) std::copy(bytes.begin(), bytes.end(), marked.begin() + 1);
      if (key_size <= WordCache::ShortSlot::kMostBytes) {
        const auto* slot = encoder.cache_.find(load_16(block, key_size));
        if (slot != nullptr) return add_known(*slot);
      }
      const auto* slot = encoder.cache_.find(load_32(block, key_size));
      if (slot != nullptr) return add_known(*slot);
    }
    std::vector<Piece>& pieces = workspace().pieces;
    encoder.tokenize(bytes, has_prefix, pieces);
    if (has_key) encoder.cache_.add({block, key_size}, pieces);
    if (pieces.empty()) throw NotWordwise();
    for (const Piece& piece : pieces) out.ids.push_back(piece.id);
    const auto count = static_cast<uint32_t>(pieces.size());
    if (kDetailed) describe(count, [&](uint32_t i) { return pieces[i].end; });
  }

  /// Offsets and piece numbers of the word's tokens.
  template <class EndOf>
  void describe(uint32_t count, const EndOf& end_of) {
    if (end_of(0) == kUnknownEnd) return describe_by_layout(count);
    if (want_offsets) {
      uint32_t from = 0;
      for (uint32_t i = 0; i < count; ++i) {
        const uint32_t to = end_of(i);
        int32_t begin = char_at(word.begin + from);
        int32_t end = char_at(word.begin + to);
        if (i == 0 && word.prefix == WordPrefix::kSpace) --begin;
        if (begin == end) ++end;  // an added prefix stands for the first character
        push_offsets(begin, end);
        from = to;
      }
    }
    finish_piece();
  }

  void describe_by_layout(uint32_t count) {
    if (word.length > WordCache::LongSlot::kMostBytes) throw NotWordwise();
    const std::string_view bytes = segment.text.substr(word.begin, word.length);
    const WordLayout& layout = encoder.layouts_.find(bytes, word.prefix);
    if (layout.size() != count) throw NotWordwise();
    const size_t num_before = out.ids.size() - count;
    const int32_t begin = want_offsets ? char_at(word.begin) : 0;
    for (size_t i = 0; i < count; ++i) {
      if (i > 0 && layout[i].starts_piece) out.finish_piece(num_before + i);
      if (want_offsets) push_offsets(begin + layout[i].begin, begin + layout[i].end);
    }
    finish_piece();
  }

  void finish_piece() {
    if (!encoder.options_.is_one_piece) out.finish_piece();
  }

  int32_t char_at(size_t byte) { return static_cast<int32_t>(chars.before(byte)); }
  void push_offsets(int32_t begin, int32_t end) {
    out.offsets.emplace_back(segment.first_char + begin, segment.first_char + end);
  }
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
