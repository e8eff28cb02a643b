#include "text/byte_bpe_encoder.h"

#include <algorithm>
#include <array>
#include <mutex>

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

  void encode(const Segment& segment, bool want_offsets, TokenBuffer& out) const override {
    std::string_view text = segment.text;
    if (text.empty()) return;
    const bool is_repaired = !is_ascii(text) && !base::is_valid_utf8(text);
    const bool adds_space = add_prefix_space_ && text.front() != ' ';
    if (is_repaired || adds_space) {
      std::string& changed = workspace().text;
      changed = adds_space ? " " : "";
      changed += is_repaired ? std::string_view(repair_utf8(text)) : text;
      text = changed;
    }
    const Place place{segment.first_char, adds_space};
    if (want_offsets || out.wants_words) {
      run<true>(text, place, want_offsets, out);
    } else {
      run<false>(text, place, false, out);
    }
  }

 private:
  struct Place {
    int32_t first_char;
    bool has_added_space;  ///< which stands for the first character, as that one itself does
  };

  template <bool kDetailed>
  void run(std::string_view text, Place place, bool want_offsets, TokenBuffer& out) const {
    const PaddedText padded(text);
    const ByteLevelWords<kRule> words(padded);
    CharCounter chars(kDetailed && want_offsets ? text : std::string_view());
    std::vector<int32_t>& ids = out.ids;
    for (size_t begin = 0; begin < text.size();) {
      const size_t end = words.end_of_word(begin);
      const size_t first_token = ids.size();
      const auto length = static_cast<uint32_t>(end - begin);
      const auto add_offsets = [&](auto&& end_of) {
        if (!kDetailed || !want_offsets) return;
        uint32_t from = 0;
        for (uint32_t i = 0; i < ids.size() - first_token; ++i) {
          const uint32_t to = end_of(i);
          out.offsets.push_back(char_range(chars, begin + from, begin + to, place));
          from = to;
        }
      };
      const WordCache::ShortSlot* slot = nullptr;
      if (length <= WordCache::ShortSlot::kMostBytes && text[end - 1] != '\0') {
        slot = cache_.find(load_16(padded.block(begin), length));
      }
      if (slot != nullptr) {
        ids.push_back(slot->id(0));
        for (uint32_t i = 1; i < slot->num_tokens(); ++i) ids.push_back(slot->id(i));
        add_offsets([&](uint32_t i) { return slot->end(i, length); });
      } else {
        encode_rare(padded, begin, end, ids, add_offsets);
      }
      if (kDetailed) out.finish_piece();
      begin = end;
    }
    if (!kDetailed) return;
    if (want_offsets && out.wants_spaces) append_spaces(out);
  }

  /// A word that the table of short words does not hold.
  template <class AddOffsets>
  void encode_rare(const PaddedText& text, size_t begin, size_t end, std::vector<int32_t>& ids,
                   const AddOffsets& add_offsets) const {
    const auto length = static_cast<uint32_t>(end - begin);
    if (length <= WordCache::LongSlot::kMostBytes && text.text()[end - 1] != '\0') {
      const auto* slot = cache_.find(load_32(text.block(begin), length));
      if (slot != nullptr) {
        for (uint32_t i = 0; i < slot->num_tokens(); ++i) ids.push_back(slot->id(i));
        add_offsets([&](uint32_t i) { return slot->end(i, length); });
        return;
      }
    }
    std::vector<Piece>& pieces = workspace().pieces;
    pieces.clear();
    const std::string_view word = text.text().substr(begin, length);
    tokenize(word, pieces);
    cache_.add(word, pieces);
    for (const Piece& piece : pieces) ids.push_back(piece.id);
    add_offsets([&](uint32_t i) { return pieces[i].end; });
  }

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

  static CharRange char_range(CharCounter& chars, size_t begin, size_t end, Place place) {
    auto first = static_cast<int32_t>(chars.before(begin + 1)) - 1;
    auto last = static_cast<int32_t>(chars.before(end));
    if (place.has_added_space) {
      first = std::max(first - 1, 0);
      last = std::max(last - 1, 1);
    }
    return {place.first_char + first, place.first_char + last};
  }

  void append_spaces(TokenBuffer& out) const {
    std::call_once(spaces_made_, [this] {
      const Vocabulary& vocabulary = model_.vocabulary();
      for (int32_t id = 0; id < vocabulary.id_limit(); ++id) {
        spaces_.push_back(space_runs(vocabulary.token(id)));
      }
    });
    for (size_t i = out.spaces.size(); i < out.ids.size(); ++i) {
      out.spaces.push_back(spaces_[static_cast<size_t>(out.ids[i])]);
    }
  }

  const Bpe& model_;
  std::array<int32_t, 256> byte_ids_;
  bool add_prefix_space_;
  mutable WordCache cache_;
  mutable std::once_flag spaces_made_;
  mutable std::vector<SpaceRuns> spaces_;  ///< [id]
};

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
