#include "text/word_learner.h"

#include <algorithm>

#include "base/strings.h"
#include "text/utf8.h"
#include "text/word_cache.h"

namespace finetune::text {
namespace {
constexpr std::string_view kMetaspace = "\xE2\x96\x81";
}

/// Puts the word between two others, through everything, and keeps what lies between; nothing
/// where that is not so at the ends of a text, too. Ends that are not plain are left unknown.
std::vector<Piece> WordLearner::learn(const Word& word) const {
  const bool joins_next = options_.is_one_piece && word.text.ends_with(kMetaspace);
  if (joins_next || is_avoided(word.text)) return {};
  const std::string_view front = word.has_prefix ? "x " : "";
  const std::vector<int32_t> before =
      word.has_prefix ? encode_plainly("x").ids : std::vector<int32_t>{};
  const std::vector<int32_t> behind = encode_plainly(" x").ids;
  const TokenBuffer tokens = encode_plainly(base::cat(front, word.text, " x"), word.has_prefix);
  const size_t begin = before.size();
  const size_t end = tokens.ids.size() - std::min(behind.size(), tokens.ids.size());
  if (begin >= end || !std::equal(before.begin(), before.end(), tokens.ids.begin()) ||
      !std::equal(behind.begin(), behind.end(), tokens.ids.begin() + static_cast<ptrdiff_t>(end))) {
    return {};
  }
  const bool has_own_pieces = tokens.words[end] == tokens.num_words - 1 &&
                              tokens.words[end - 1] < tokens.words[end] &&
                              (!word.has_prefix || tokens.words[begin - 1] < tokens.words[begin]);
  if (!has_own_pieces && !options_.is_one_piece) return {};
  const std::vector<int32_t> ids(tokens.ids.begin() + static_cast<ptrdiff_t>(begin),
                                 tokens.ids.begin() + static_cast<ptrdiff_t>(end));
  if (!stands_at_ends(word, {before, ids, behind})) return {};
  std::vector<Piece> pieces = find_ends(tokens, {begin, end}, word);
  if (!pieces.empty() && !has_plain_offsets(word, pieces, tokens, begin)) pieces.clear();
  if (!pieces.empty() || ids.size() == 1) return pieces;
  for (const int32_t id : ids) pieces.push_back({id, 0, kUnknownEnd});
  return pieces;
}

bool WordLearner::is_avoided(std::string_view word) const {
  if (avoided_.empty() || normalizer_ == nullptr) return false;
  AlignedText text(word, 0);
  normalizer_->normalize(text);
  return text.utf8().find_first_of(avoided_) != std::string::npos;
}

TokenBuffer WordLearner::encode_plainly(std::string_view text, bool at_start) const {
  TokenBuffer tokens;
  tokens.wants_words = true;
  const int32_t first_char = at_start ? 0 : 1;
  plain_.encode({text, first_char}, true, tokens);
  for (CharRange& offsets : tokens.offsets) {
    offsets = {offsets.first - first_char, offsets.second - first_char};
  }
  return tokens;
}

bool WordLearner::stands_at_ends(const Word& word, const Frame& frame) const {
  std::vector<int32_t> expected = frame.before;
  expected.insert(expected.end(), frame.ids.begin(), frame.ids.end());
  if (encode_plainly(base::cat(word.has_prefix ? "x " : "", word.text), word.has_prefix).ids !=
      expected) {
    return false;
  }
  if (!word.has_prefix || options_.prefix == WordwiseOptions::Prefix::kNever) return true;
  expected = frame.ids;
  expected.insert(expected.end(), frame.behind.begin(), frame.behind.end());
  return encode_plainly(base::cat(word.text, " x")).ids == expected;
}

namespace {

/// Where the word stands, and what its first token takes from before it.
struct Front {
  enum class Kind { kNothing, kSpace, kAddedPrefix } kind;
  int32_t first_char;  ///< of the word
};

/// True when the offsets of the tokens from `begin` on are those that the ends of `pieces` say:
/// each token begins where the one before it ends, and only the first takes the space.
bool follow_ends(const std::vector<Piece>& pieces, std::string_view word, const CharRange* offsets,
                 Front front) {
  int32_t next = 0;
  for (size_t i = 0; i < pieces.size(); ++i) {
    int32_t from = next;
    next = static_cast<int32_t>(count_chars(word.substr(0, pieces[i].end)));
    int32_t to = next;
    if (i == 0 && front.kind == Front::Kind::kSpace) --from;
    if (from == to) ++to;
    if (offsets[i] != CharRange(from + front.first_char, to + front.first_char)) return false;
  }
  return true;
}

}  // namespace

/// As the encoder will state them from the ends alone, wherever in a text the word stands.
bool WordLearner::has_plain_offsets(const Word& word, const std::vector<Piece>& pieces,
                                    const TokenBuffer& tokens, size_t begin) const {
  using Kind = Front::Kind;
  Front front{Kind::kNothing, 0};
  if (word.has_prefix) front = {options_.splits_first ? Kind::kAddedPrefix : Kind::kSpace, 2};
  const auto are_plain = [&](const TokenBuffer& found, size_t first, Front at) {
    return found.offsets.size() >= first + pieces.size() &&
           follow_ends(pieces, word.text, found.offsets.data() + first, at);
  };
  const std::string_view before = word.has_prefix ? "x " : "";
  if (!are_plain(tokens, begin, front) ||
      !are_plain(encode_plainly(base::cat(before, word.text), word.has_prefix), begin, front)) {
    return false;
  }
  if (!word.has_prefix || options_.prefix == WordwiseOptions::Prefix::kNever) return true;
  const Front at_start{Kind::kAddedPrefix, 0};
  return are_plain(encode_plainly(base::cat(word.text, " x")), 0, at_start) &&
         are_plain(encode_plainly(word.text), 0, at_start);
}

/// The tokens [range] with the bytes of the word at which they end, from their offsets; nothing
/// where these do not follow one another.
std::vector<Piece> WordLearner::find_ends(const TokenBuffer& tokens, TextSpan range,
                                          const Word& word) {
  const int32_t first_char = word.has_prefix ? 2 : 0;
  int32_t next = first_char;  // characters of the token before end here
  size_t byte = 0;
  std::vector<Piece> found;
  for (size_t i = range.first; i < range.second; ++i) {
    auto [from, to] = tokens.offsets[i];
    const bool is_first = i == range.first;
    const bool is_lone_prefix = is_first && from == first_char && i + 1 < range.second &&
                                tokens.offsets[i + 1].first == first_char;
    if (is_lone_prefix) to = from;
    const bool takes_space = is_first && from == first_char - 1;
    const bool has_own_piece = tokens.words[i] == tokens.words[range.first];
    if (!has_own_piece || (from != next && !takes_space) || to < next) return {};
    const size_t begin = byte;
    for (; next < to && byte < word.text.size(); ++next) {
      byte += decode_char(word.text.substr(byte)).length;
    }
    if (next != to) return {};
    found.push_back({tokens.ids[i], static_cast<uint32_t>(begin), static_cast<uint32_t>(byte)});
  }
  if (byte != word.text.size()) return {};
  return found;
}

}  // namespace finetune::text
