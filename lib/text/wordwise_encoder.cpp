#include "text/wordwise_encoder.h"

#include <algorithm>
#include <array>

#include "base/strings.h"
#include "text/char_counter.h"
#include "text/padded_text.h"
#include "text/utf8.h"
#include "text/word_cache.h"

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
            {parts_.normalizer.get(), parts_.pre_tokenizer.get(), parts_.model, no_added_})) {
    for (unsigned char c = '!'; c <= '~'; ++c) is_safe_[c] = is_left_alone(static_cast<char>(c));
    parts_.model.tokenize(kMetaspace, lone_space_);
  }

  void encode(const Segment& segment, bool want_offsets, TokenBuffer& out) const override;

 private:
  template <bool kDetailed>
  struct Run;

  bool is_left_alone(char c) const {
    if (options_.unsafe_letters.find(c) != std::string::npos) return false;
    if (!parts_.normalizer) return true;
    const std::string text(1, c);
    AlignedText aligned(text, 0);
    parts_.normalizer->normalize(aligned);
    return aligned.utf8() == text;
  }

  bool is_safe(std::string_view word) const {
    return std::all_of(word.begin(), word.end(),
                       [this](char c) { return is_safe_[static_cast<unsigned char>(c)]; });
  }

  /// Replaces `pieces` by the tokens of a word, their ends in bytes of the word; nothing where the
  /// word does not stand for itself.
  void tokenize(std::string_view word, bool has_prefix, std::vector<Piece>& pieces) const {
    pieces.clear();
    if (!is_safe(word)) return learn(word, has_prefix, pieces);
    std::string& piece = workspace().piece;
    piece = has_prefix ? kMetaspace : "";
    piece += word;
    parts_.model.tokenize(piece, pieces);
    const auto shift = static_cast<uint32_t>(has_prefix ? kMetaspace.size() : 0);
    for (Piece& token : pieces) {
      token.begin = std::max(token.begin, shift) - shift;
      token.end = std::max(token.end, shift) - shift;
    }
  }

  void learn(std::string_view word, bool has_prefix, std::vector<Piece>& pieces) const;

  WordwiseParts parts_;
  const WordwiseOptions& options_;
  AddedTokens no_added_;
  std::unique_ptr<SegmentEncoder> plain_;
  std::array<bool, 256> is_safe_{};
  std::vector<Piece> lone_space_;
  mutable WordCache cache_;
};

/// Puts the word between two others, through everything, and keeps what lies between.
void WordwiseEncoder::learn(std::string_view word, bool has_prefix,
                            std::vector<Piece>& pieces) const {
  TokenBuffer tokens;
  tokens.wants_words = true;
  const auto encode_text = [&](std::string_view text) {
    tokens.clear();
    plain_->encode({text, 0}, true, tokens);
  };
  encode_text(" x");
  const std::vector<int32_t> behind = tokens.ids;
  std::vector<int32_t> before;
  if (has_prefix) {
    encode_text("x");
    before = tokens.ids;
  }
  const int32_t first_char = has_prefix ? 2 : 0;
  const int32_t first_word = has_prefix ? 1 : 0;
  encode_text(base::cat(has_prefix ? "x " : "", word, " x"));
  if (tokens.ids.size() <= before.size() + behind.size()) return;
  const size_t end = tokens.ids.size() - behind.size();
  const bool is_framed =
      std::equal(before.begin(), before.end(), tokens.ids.begin()) &&
      std::equal(behind.begin(), behind.end(), tokens.ids.begin() + static_cast<ptrdiff_t>(end)) &&
      std::all_of(tokens.words.begin(),
                  tokens.words.begin() + static_cast<ptrdiff_t>(before.size()),
                  [](int32_t number) { return number == 0; }) &&
      tokens.words[end] == first_word + 1 && tokens.num_words == first_word + 2;
  if (!is_framed) return;
  int32_t next = first_char;  // characters of the token before end here
  size_t byte = 0;
  std::vector<Piece> found;
  for (size_t i = before.size(); i < end; ++i) {
    auto [from, to] = tokens.offsets[i];
    const bool is_lone_prefix = i == before.size() && from == first_char && i + 1 < end &&
                                tokens.offsets[i + 1].first == first_char;
    if (is_lone_prefix) to = from;
    const bool takes_space = i == before.size() && from == first_char - 1;
    if (tokens.words[i] != first_word || (from != next && !takes_space) || to < next) return;
    const size_t begin = byte;
    for (; next < to && byte < word.size(); ++next) {
      byte += decode_char(word.substr(byte)).length;
    }
    if (next != to) return;
    found.push_back({tokens.ids[i], static_cast<uint32_t>(begin), static_cast<uint32_t>(byte)});
  }
  if (byte == word.size()) pieces = std::move(found);
}

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
      const bool is_first = spaces_begin == 0;
      if (at == text.size()) return finish(num_spaces);
      if (is_first && options.strips_left) num_spaces = 0;
      add_lone_spaces(num_spaces > 1 ? num_spaces - 1 : 0);
      const bool has_space = num_spaces > 0 && !options.splits_first;
      add_word(at, has_space ? PrefixKind::kSpace : first_prefix());
      at += length_;
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
    if (encoder.options_.strips_right || encoder.options_.splits_first || num_spaces == 0) return;
    if (kDetailed) throw NotWordwise();
    if (encoder.options_.joins_spaces) num_spaces = 1;
    for (size_t i = 0; i < num_spaces; ++i) {
      for (const Piece& token : encoder.lone_space_) out.ids.push_back(token.id);
    }
  }

  void add_lone_spaces(size_t count) {
    if (count == 0 || encoder.options_.splits_first) return;
    if (kDetailed) throw NotWordwise();
    if (encoder.options_.joins_spaces) return;
    for (size_t i = 0; i < count; ++i) {
      for (const Piece& token : encoder.lone_space_) out.ids.push_back(token.id);
    }
  }

  void add_word(size_t begin, PrefixKind prefix) {
    begin_ = begin;
    prefix_ = prefix;
    length_ = word_length(text, begin);
    const bool is_rare =
        prefix == PrefixKind::kNone || length_ > WordCache::ShortSlot::kMostBytes ||
        segment.text[begin] == kFirstWordMark || segment.text[begin + length_ - 1] == '\0';
    if (is_rare) return add_rare_word();
    const auto* slot = encoder.cache_.find(load_16(text.block(begin), length_));
    if (slot == nullptr) return add_rare_word();
    add_tokens(*slot);
  }

  template <class Slot>
  void add_tokens(const Slot& slot) {
    const uint32_t count = slot.num_tokens();
    if (count == 0) throw NotWordwise();
    out.ids.push_back(slot.id(0));
    for (uint32_t i = 1; i < count; ++i) out.ids.push_back(slot.id(i));
    const auto length = static_cast<uint32_t>(length_);
    describe(count, [&](uint32_t i) { return slot.end(i, length); });
  }

  void add_rare_word() {
    std::array<char, PaddedText::kBlock> marked{};
    const std::string_view word = segment.text.substr(begin_, length_);
    std::string_view key = word;
    if (prefix_ == PrefixKind::kNone && length_ < marked.size()) {
      marked[0] = kFirstWordMark;
      std::copy(word.begin(), word.end(), marked.begin() + 1);
      key = {marked.data(), length_ + 1};
    }
    const bool has_key = key.size() <= WordCache::LongSlot::kMostBytes &&
                         word.front() != kFirstWordMark && word.back() != '\0' &&
                         (prefix_ != PrefixKind::kNone || key.size() > word.size());
    if (has_key) {
      const char* block = key.data() == marked.data() ? key.data() : text.block(begin_);
      if (key.size() <= WordCache::ShortSlot::kMostBytes) {
        const auto* slot = encoder.cache_.find(load_16(block, key.size()));
        if (slot != nullptr) return add_tokens(*slot);
      }
      const auto* slot = encoder.cache_.find(load_32(block, key.size()));
      if (slot != nullptr) return add_tokens(*slot);
    }
    std::vector<Piece>& pieces = workspace().pieces;
    encoder.tokenize(word, prefix_ != PrefixKind::kNone, pieces);
    if (has_key) encoder.cache_.add(key, pieces);
    if (pieces.empty()) throw NotWordwise();
    for (const Piece& piece : pieces) out.ids.push_back(piece.id);
    describe(static_cast<uint32_t>(pieces.size()), [&](uint32_t i) { return pieces[i].end; });
  }

  /// Offsets and word number of the word's tokens.
  template <class EndOf>
  void describe(uint32_t count, const EndOf& end_of) {
    if (!kDetailed) return;
    if (want_offsets) {
      uint32_t from = 0;
      for (uint32_t i = 0; i < count; ++i) {
        const uint32_t to = end_of(i);
        add_offsets(i == 0, from, to);
        from = to;
      }
    }
    out.finish_piece();
  }

  void add_offsets(bool is_first, uint32_t from, uint32_t to) {
    auto begin = static_cast<int32_t>(chars.before(begin_ + from));
    auto end = static_cast<int32_t>(chars.before(begin_ + to));
    if (is_first && prefix_ == PrefixKind::kSpace) --begin;
    if (begin == end) ++end;  // an added prefix stands for the first character
    out.offsets.emplace_back(segment.first_char + begin, segment.first_char + end);
  }

  size_t begin_ = 0;
  size_t length_ = 0;
  PrefixKind prefix_ = PrefixKind::kNone;
};

void WordwiseEncoder::encode(const Segment& segment, bool want_offsets, TokenBuffer& out) const {
  if (segment.text.empty()) return;
  const bool is_repaired = !is_ascii(segment.text) && !base::is_valid_utf8(segment.text);
  if (is_repaired || out.wants_spaces) return plain_->encode(segment, want_offsets, out);
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
  plain_->encode(segment, want_offsets, out);
}

}  // namespace

std::unique_ptr<SegmentEncoder> make_wordwise_encoder(WordwiseParts parts) {
  return std::make_unique<WordwiseEncoder>(std::move(parts));
}

}  // namespace finetune::text
