#include "text/word_learner.h"

#include <algorithm>
#include <span>

#include "base/error.h"
#include "base/strings.h"
#include "text/utf8.h"
#include "text/word_cache.h"

namespace finetune::text {
namespace {

constexpr std::string_view kMetaspace = "\xE2\x96\x81";
constexpr std::string_view kNeighbour = "x";  ///< a word that stands before and behind the other

/// No piece without tokens, and a new one at each of the borders.
bool has_pieces_of_its_own(const TokenBuffer& tokens, TextSpan range) {
  for (size_t i = 0; i < tokens.words.size(); ++i) {
    const int32_t step = tokens.words[i] - (i == 0 ? -1 : tokens.words[i - 1]);
    const bool is_border = i == range.first || i == range.second;
    if (step > 1 || (is_border && step != 1)) return false;
  }
  return tokens.words.back() + 1 == tokens.num_words;
}

/// The bytes of the word at which tokens of one piece end that cover it one after the other;
/// nothing where they do not.
std::vector<uint32_t> find_ends(std::string_view word, const WordLayout& places) {
  std::vector<uint32_t> ends;
  int32_t next = 0;  // characters of the token before end here
  size_t byte = 0;
  for (size_t i = 0; i < places.size(); ++i) {
    auto [from, to, starts_piece] = places[i];
    const bool is_lone_prefix = i == 0 && from == 0 && places.size() > 1 && places[1].begin == 0;
    if (is_lone_prefix) to = from;
    const bool takes_space = i == 0 && from == -1;
    if ((starts_piece && i > 0) || (from != next && !takes_space) || to < next) return {};
    for (; next < to && byte < word.size(); ++next) byte += decode_char(word.substr(byte)).length;
    if (next != to) return {};
    ends.push_back(static_cast<uint32_t>(byte));
  }
  return byte == word.size() ? ends : std::vector<uint32_t>();
}

/// As the encoder states places from the ends alone: each token begins where the one before it
/// ends, the first one may take the space, and an added prefix stands for the first character.
bool follow_ends(std::string_view word, const std::vector<uint32_t>& ends, const WordLayout& places,
                 bool takes_space) {
  int32_t next = 0;
  for (size_t i = 0; i < ends.size(); ++i) {
    int32_t from = next;
    next = static_cast<int32_t>(count_chars(word.substr(0, ends[i])));
    int32_t to = next;
    if (i == 0 && takes_space) --from;
    if (from == to) ++to;
    if (places[i] != TokenPlace{from, to, i == 0}) return false;
  }
  return true;
}

template <class T>
std::span<const T> part_of(const std::vector<T>& values, TextSpan range) {
  return std::span(values).subspan(range.first, range.second - range.first);
}

/// The tokens stand where `others` stand, `shift` characters further on.
bool stand_behind(std::span<const CharRange> tokens, std::span<const CharRange> others,
                  int32_t shift) {
  return std::ranges::equal(tokens, others, [&](CharRange found, CharRange other) {
    return found == CharRange(other.first + shift, other.second + shift);
  });
}

}  // namespace

std::vector<Piece> WordLearner::learn(std::string_view word, bool has_prefix) const {
  const bool joins_next = options_.is_one_piece && word.ends_with(kMetaspace);
  if (joins_next || is_avoided(word)) return {};
  const std::vector<Frame> frames = frames_of(has_prefix);
  const std::vector<Cut> cuts = cut(word, frames);
  if (cuts.empty()) return {};
  const std::vector<uint32_t> ends = find_ends(word, cuts.front().places);
  bool are_plain = !ends.empty();
  for (size_t i = 0; i < cuts.size() && are_plain; ++i) {
    const bool takes_space = frames[i].has_word_before && !options_.splits_first;
    are_plain = !cuts[i].shifts_others && follow_ends(word, ends, cuts[i].places, takes_space);
  }
  std::vector<Piece> pieces;
  uint32_t begin = 0;
  for (const int32_t id : cuts.front().ids) {
    const uint32_t end = are_plain ? ends[pieces.size()] : kUnknownEnd;
    pieces.push_back({id, begin, end});
    begin = end;
  }
  return pieces;
}

WordLayout WordLearner::lay_out(std::string_view word, WordPrefix prefix) const {
  const std::vector<Cut> cuts = cut(word, frames_of(prefix));
  const bool are_equal = std::all_of(cuts.begin(), cuts.end(), [&](const Cut& other) {
    return !other.shifts_others && other.places == cuts.front().places;
  });
  return cuts.empty() || !are_equal ? WordLayout() : cuts.front().places;
}

std::vector<WordLearner::Frame> WordLearner::frames_of(bool has_prefix) const {
  if (!has_prefix) return frames_of(WordPrefix::kNone);
  std::vector<Frame> frames = {{true, true, true}, {true, false, true}};
  if (options_.prefix == WordwiseOptions::Prefix::kNever) return frames;
  frames.insert(frames.end(), {{false, true, true}, {false, false, true}});
  return frames;
}

std::vector<WordLearner::Frame> WordLearner::frames_of(WordPrefix prefix) const {
  if (prefix == WordPrefix::kNone) return {{false, true, false}, {false, false, false}};
  if (prefix == WordPrefix::kSpace) return {{true, true, true}, {true, false, true}};
  if (options_.splits_first) return frames_of(true);
  return {{false, true, true}, {false, false, true}};
}

std::vector<WordLearner::Cut> WordLearner::cut(std::string_view word,
                                               const std::vector<Frame>& frames) const {
  std::vector<Cut> cuts;
  try {
    const Neighbours neighbours = cut_neighbours();
    for (const Frame& frame : frames) {
      std::optional<Cut> found = cut(word, frame, neighbours);
      if (!found || (!cuts.empty() && found->ids != cuts.front().ids)) return {};
      cuts.push_back(*std::move(found));
    }
  } catch (const CheckpointError&) {  // no token for an unknown character: perhaps the neighbour's
    return {};
  }
  return cuts;
}

/// Nothing where the tokens of the neighbours do not stay what they are without the word, or where
/// a piece of the pre-tokenizer is not the word's alone.
std::optional<WordLearner::Cut> WordLearner::cut(std::string_view word, const Frame& frame,
                                                 const Neighbours& neighbours) const {
  const std::string front = frame.has_word_before ? base::cat(kNeighbour, " ") : "";
  const std::string rest = frame.has_word_behind ? base::cat(" ", kNeighbour) : "";
  const TokenBuffer tokens = encode_plainly(base::cat(front, word, rest), frame.is_at_start);
  const size_t border = neighbours.num_before;
  const TextSpan before{0, frame.has_word_before ? border : 0};
  const TextSpan behind{border, frame.has_word_behind ? neighbours.tokens.ids.size() : border};
  const size_t num_ids = tokens.ids.size();
  const size_t num_behind = behind.second - behind.first;
  const size_t begin = before.second;
  if (num_ids <= begin + num_behind) return std::nullopt;
  const size_t end = num_ids - num_behind;
  const auto are_equal = [&](TextSpan range, TextSpan others) {
    return std::ranges::equal(part_of(tokens.ids, range), part_of(neighbours.tokens.ids, others));
  };
  if (!are_equal(before, before) || !are_equal({end, num_ids}, behind)) return std::nullopt;
  if (!options_.is_one_piece && !has_pieces_of_its_own(tokens, {begin, end})) return std::nullopt;
  const auto first_char = static_cast<int32_t>(front.size());
  const auto num_chars = static_cast<int32_t>(count_chars(word));
  const auto stay = [&](TextSpan range, TextSpan others, int32_t shift) {
    return stand_behind(part_of(tokens.offsets, range), part_of(neighbours.tokens.offsets, others),
                        shift);
  };
  // Without the word, the space behind it is the character 1.
  Cut cut;
  cut.shifts_others =
      !stay(before, before, 0) || !stay({end, num_ids}, behind, first_char + num_chars - 1);
  for (size_t i = begin; i < end; ++i) {
    const bool starts_piece = i == begin || tokens.words[i] != tokens.words[i - 1];
    const auto [from, to] = tokens.offsets[i];
    cut.ids.push_back(tokens.ids[i]);
    cut.places.push_back({from - first_char, to - first_char, starts_piece});
  }
  return cut;
}

WordLearner::Neighbours WordLearner::cut_neighbours() const {
  const std::string neighbour(kNeighbour);
  const size_t num_before = encode_plainly(neighbour, true).ids.size();
  TokenBuffer both = encode_plainly(base::cat(neighbour, " ", neighbour), true);
  return {both, std::min(num_before, both.ids.size())};
}

TokenBuffer WordLearner::encode_plainly(const std::string& text, bool is_at_start) const {
  TokenBuffer tokens;
  tokens.wants_words = true;
  const int32_t first_char = is_at_start ? 0 : 1;
  plain_.encode({text, first_char}, true, tokens);
  for (CharRange& offsets : tokens.offsets) {
    offsets = {offsets.first - first_char, offsets.second - first_char};
  }
  return tokens;
}

bool WordLearner::is_avoided(std::string_view word) const {
  if (avoided_.empty() || normalizer_ == nullptr) return false;
  AlignedText text(word, 0);
  normalizer_->normalize(text);
  return text.utf8().find_first_of(avoided_) != std::string::npos;
}

}  // namespace finetune::text
