#include "text/byte_bpe_encoder.h"

#include <algorithm>
#include <array>

#include "base/strings.h"
#include "text/byte_alphabet.h"
#include "text/char_counter.h"
#include "text/word_cache.h"

namespace finetune::text {
namespace {

/// Buffers of one thread.
struct Workspace {
  std::vector<Piece> pieces;
  std::string text;
  std::string spelled;
  std::vector<uint32_t> byte_of;
};

Workspace& workspace() {
  thread_local Workspace space;
  return space;
}

/// Words up to this long are merged in arrays on the stack: shorter than any heap's overhead.
constexpr size_t kShortWord = 48;

/// Merges the pairs of a short word: the array form of Bpe's heap.
class ShortWordMerger {
 public:
  ShortWordMerger(const MergeTable& merges, const std::array<int32_t, 256>& byte_ids,
                  std::string_view word)
      : merges_(merges), count_(word.size()) {
    for (size_t i = 0; i < count_; ++i) {
      ids_[i] = byte_ids[static_cast<unsigned char>(word[i])];
      ends_[i] = static_cast<uint8_t>(i + 1);
    }
    for (size_t i = 0; i + 1 < count_; ++i) next_[i] = merges_.find(ids_[i], ids_[i + 1]);
  }

  void run(std::vector<Piece>& out) {
    while (join_best()) {
    }
    uint32_t begin = 0;
    for (size_t i = 0; i < count_; ++i) {
      out.push_back({ids_[i], begin, ends_[i]});
      begin = ends_[i];
    }
  }

 private:
  bool join_best() {
    size_t best = 0;
    uint32_t rank = UINT32_MAX;
    for (size_t i = 0; i + 1 < count_; ++i) {
      if (next_[i].rank >= rank) continue;
      rank = next_[i].rank;
      best = i;
    }
    if (rank == UINT32_MAX) return false;
    ids_[best] = next_[best].id;
    const auto close_gap = [&](auto& values) {
      std::copy(values.begin() + best + 1, values.begin() + count_, values.begin() + best);
    };
    const int32_t merged = ids_[best];
    close_gap(ids_);
    ids_[best] = merged;
    close_gap(ends_);
    close_gap(next_);
    --count_;
    if (best + 1 < count_) next_[best] = merges_.find(ids_[best], ids_[best + 1]);
    if (best > 0) next_[best - 1] = merges_.find(ids_[best - 1], ids_[best]);
    return true;
  }

  const MergeTable& merges_;
  size_t count_;
  std::array<int32_t, kShortWord> ids_;
  std::array<uint8_t, kShortWord> ends_;
  std::array<MergeRule, kShortWord> next_;  ///< what the token and its next one become
};

template <WordRule kRule>
class ByteBpeEncoder final : public SegmentEncoder {
 public:
  ByteBpeEncoder(const Bpe& model, const std::array<int32_t, 256>& byte_ids, bool add_prefix_space)
      : model_(model), byte_ids_(byte_ids), add_prefix_space_(add_prefix_space) {}

  void encode(const Segment& segment, bool want_offsets, TokenBuffer& out) const override;

 private:
  template <bool kDetailed>
  struct Run;
  struct Place {
    int32_t first_char;
    bool has_added_space;  ///< which stands for the first character, as that one itself does
  };

  void tokenize(std::string_view word, std::vector<Piece>& pieces) const {
    if (word.size() <= kShortWord && !model_.options().ignore_merges) {
      ShortWordMerger(model_.merges(), byte_ids_, word).run(pieces);
      return;
    }
    std::string& spelled = workspace().spelled;
    std::vector<uint32_t>& byte_of = workspace().byte_of;
    spelled.clear();
    byte_of.clear();
    for (const char byte : word) {
      append_char(spelled, byte_alphabet()[static_cast<unsigned char>(byte)]);
      byte_of.resize(spelled.size(),
                     static_cast<uint32_t>(byte_of.empty() ? 0 : byte_of.back() + 1));
    }
    model_.tokenize(spelled, pieces);
    for (Piece& piece : pieces) {
      piece.begin = byte_of[piece.begin];
      piece.end = byte_of[piece.end - 1] + 1;
    }
  }

  const Bpe& model_;
  std::array<int32_t, 256> byte_ids_;
  bool add_prefix_space_;
  mutable WordCache cache_;
};

template <WordRule kRule>
template <bool kDetailed>
struct ByteBpeEncoder<kRule>::Run {
  const ByteBpeEncoder& encoder;
  std::string_view text;
  Place place;
  bool want_offsets;
  TokenBuffer& out;
  PaddedText padded{text};
  CharCounter chars{kDetailed && want_offsets ? text : std::string_view()};
  /// Bytes of `text` are characters of the whole text.
  bool counts_bytes = chars.counts_bytes() && place.first_char == 0 && !place.has_added_space;
  bool is_described = out.wants_spaces && out.spelled.empty();  ///< the tokens' white space
  size_t begin = 0;                                             ///< of the word
  uint32_t length = 0;

  void run() {
    const ByteLevelWords<kRule> words(padded);
    for (; begin < text.size(); begin += length) {
      const size_t end = words.end_of_word(begin);
      length = static_cast<uint32_t>(end - begin);
      const WordCache::ShortSlot* slot = nullptr;
      if (length <= WordCache::ShortSlot::kMostBytes && text[end - 1] != '\0') {
        slot = encoder.cache_.find(load_16(padded.block(begin), length));
      }
      if (slot != nullptr) {
        add(*slot);
      } else {
        add_rare_word();
      }
    }
  }

  template <class Slot>
  void add(const Slot& slot) {
    const uint32_t count = slot.num_tokens();
    out.ids.push_back(slot.id(0));
    for (uint32_t i = 1; i < count; ++i) out.ids.push_back(slot.id(i));
    describe(count, [&](uint32_t i) { return slot.end(i); });
  }

  /// One that the table of short words does not hold.
  void add_rare_word() {
    const std::string_view word = text.substr(begin, length);
    if (length <= WordCache::LongSlot::kMostBytes && word.back() != '\0') {
      const auto* slot = encoder.cache_.find(load_32(padded.block(begin), length));
      if (slot != nullptr) return add(*slot);
    }
    std::vector<Piece>& pieces = workspace().pieces;
    pieces.clear();
    encoder.tokenize(word, pieces);
    encoder.cache_.add(word, pieces);
    for (const Piece& piece : pieces) out.ids.push_back(piece.id);
    describe(static_cast<uint32_t>(pieces.size()), [&](uint32_t i) { return pieces[i].end; });
  }

  /// Offsets and word number of the word's tokens.
  template <class EndOf>
  void describe(uint32_t count, const EndOf& end_of) {
    if (!kDetailed) return;
    out.finish_piece();
    if (!want_offsets) return;
    uint32_t from = 0;
    for (uint32_t i = 0; i < count; ++i) {
      const uint32_t to = end_of(i);
      out.offsets.push_back(char_range(begin + from, begin + to));
      from = to;
    }
    if (!is_described) return;
    from = 0;
    for (uint32_t i = 0; i < count; ++i) {
      const uint32_t to = end_of(i);
      out.spaces.push_back(space_runs_of_bytes(text.substr(begin + from, to - from)));
      from = to;
    }
  }

  CharRange char_range(size_t first_byte, size_t end_byte) {
    if (counts_bytes) return {static_cast<int32_t>(first_byte), static_cast<int32_t>(end_byte)};
    auto first = static_cast<int32_t>(chars.before(first_byte + 1)) - 1;
    auto last = static_cast<int32_t>(chars.before(end_byte));
    if (place.has_added_space) {
      first = std::max(first - 1, 0);
      last = std::max(last - 1, 1);
    }
    return {place.first_char + first, place.first_char + last};
  }
};

template <WordRule kRule>
void ByteBpeEncoder<kRule>::encode(const Segment& segment, bool want_offsets,
                                   TokenBuffer& out) const {
  std::string_view text = segment.text;
  if (text.empty()) return;
  const bool has_only_ascii = is_ascii(text);
  const bool is_repaired = !has_only_ascii && !base::is_valid_utf8(text);
  const bool adds_space = add_prefix_space_ && text.front() != ' ';
  if (is_repaired || adds_space) {
    std::string& changed = workspace().text;
    changed = adds_space ? " " : "";
    changed += is_repaired ? std::string_view(repair_utf8(text)) : text;
    text = changed;
  }
  const Place place{segment.first_char, adds_space};
  const bool is_whole = !adds_space && text.size() == out.text.size();
  if (out.wants_spaces && is_whole && has_only_ascii) out.spelled = text;
  if (want_offsets || out.wants_words) {
    Run<true>{*this, text, place, want_offsets, out}.run();
  } else {
    Run<false>{*this, text, place, false, out}.run();
  }
}

}  // namespace

std::unique_ptr<SegmentEncoder> make_byte_bpe_encoder(const Bpe& model, ByteBpeOptions options) {
  const BpeOptions& bpe = model.options();
  if (!bpe.continuing_prefix.empty() || !bpe.word_suffix.empty()) return nullptr;
  std::array<int32_t, 256> byte_ids{};
  for (size_t byte = 0; byte < byte_ids.size(); ++byte) {
    std::string letter;
    append_char(letter, byte_alphabet()[byte]);
    byte_ids[byte] = model.vocabulary().trie().find(letter);
    if (byte_ids[byte] < 0) return nullptr;
  }
  switch (options.words) {
    case WordRule::kGpt2:
      return std::make_unique<ByteBpeEncoder<WordRule::kGpt2>>(model, byte_ids,
                                                               options.add_prefix_space);
    case WordRule::kLlama3:
      return std::make_unique<ByteBpeEncoder<WordRule::kLlama3>>(model, byte_ids,
                                                                 options.add_prefix_space);
    case WordRule::kQwen2:
      return std::make_unique<ByteBpeEncoder<WordRule::kQwen2>>(model, byte_ids,
                                                                options.add_prefix_space);
  }
  return nullptr;
}

}  // namespace finetune::text
