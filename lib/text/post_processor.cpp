#include "text/post_processor.h"

#include <algorithm>
#include <span>
#include <utility>

#include "base/error.h"
#include "base/strings.h"

namespace finetune::text {
namespace {

using Source = TemplatePiece::Source;

int64_t count_specials(const PostProcessor::Template& pieces) {
  int64_t count = 0;
  for (const TemplatePiece& piece : pieces) count += static_cast<int64_t>(piece.special_ids.size());
  return count;
}

/// Room for the tokens of the texts.
int64_t room(const PostProcessor::Template& pieces, const EncodeOptions& options) {
  const int64_t num_specials = options.add_special_tokens ? count_specials(pieces) : 0;
  if (options.max_length < num_specials) {
    throw ConfigError(base::cat("max_length ", options.max_length, " leaves no room for the ",
                                num_specials, " special tokens; raise it"));
  }
  return options.max_length - num_specials;
}

/// Fills up what is wanted of the special tokens that `out` has just got.
void fill_up(const EncodeOptions& options, int32_t type_id, Encoding& out) {
  out.type_ids.resize(out.ids.size(), type_id);
  if (options.want_word_ids) out.word_ids.resize(out.ids.size(), -1);
  if (!options.want_offsets) return;
  while (out.offsets.size() < out.ids.size()) {  // few: resize() takes longer
    out.offsets.emplace_back(0, 0);
    out.special_mask.push_back(1);
  }
}

int64_t size_of(const TokenBuffer& tokens) { return static_cast<int64_t>(tokens.ids.size()); }

template <class T>
void append(const std::vector<T>& from, TokenRange range, std::vector<T>& to) {
  const auto begin = from.begin();
  to.insert(to.end(), begin + static_cast<std::ptrdiff_t>(range.first),
            begin + static_cast<std::ptrdiff_t>(range.second));
}

CharRange in_bytes(CharRange offsets, const std::vector<int32_t>& byte_of_char) {
  const auto at = [&](int32_t index) { return byte_of_char[static_cast<size_t>(index)]; };
  return {at(offsets.first), at(offsets.second)};
}

/// What a token spells.
std::string_view bytes_of(CharRange offsets, const char* ascii) {
  return {ascii + offsets.first, static_cast<size_t>(offsets.second - offsets.first)};
}

}  // namespace

/// The tokens that go into one encoding.
struct PostProcessor::Window {
  const TokenBuffer& first;
  const TokenBuffer& second;
  const Template& pieces;
  bool is_pair;
  TokenRange first_range{};
  TokenRange second_range{};
  bool first_is_further = false;  ///< not the range that the encoding itself keeps of that text
  bool second_is_further = false;
};

PostProcessor::PostProcessor()
    : PostProcessor({{Source::kFirst, 0}}, {{Source::kFirst, 0}, {Source::kSecond, 1}}) {}

PostProcessor::PostProcessor(Template single, Template pair)
    : single_(std::move(single)), pair_(std::move(pair)) {}

CharRange PostProcessor::trimmed(CharRange offsets, SpaceRuns spaces, Place place) const {
  for (const OffsetTrim& trim : trims_) {
    const bool is_behind_special =
        place.has_specials &&
        (place.is_in_second_text ? trim.is_after_second_special : trim.is_after_first_special);
    const bool is_at_start = (place.is_first && !is_behind_special) || offsets.first == 0;
    const bool is_ours = spaces.leading == 1 && is_at_start && trim.add_prefix_space;
    if (!is_ours) offsets.first = std::min(offsets.first + spaces.leading, offsets.second);
    if (offsets.second >= spaces.trailing) {
      offsets.second = std::max(offsets.second - spaces.trailing, offsets.first);
    }
  }
  return offsets;
}

template <class SpacesOf>
void PostProcessor::trim(std::span<CharRange> offsets, Place place,
                         const SpacesOf& spaces_of) const {
  const auto num_trims = static_cast<int32_t>(trims_.size());
  for (size_t i = 0; i < offsets.size(); ++i) {
    const CharRange each = offsets[i];
    const SpaceRuns spaces = spaces_of(i);
    if (i == 0 || each.first == 0 || spaces.trailing != 0) {
      place.is_first = i == 0;
      offsets[i] = trimmed(each, spaces, place);
    } else {  // nearly all; without a branch on the leading space, which nothing would foresee
      offsets[i].first = std::min(each.first + num_trims * spaces.leading, each.second);
    }
  }
}

void PostProcessor::append_text(const Window& window, const TemplatePiece& piece,
                                const EncodeOptions& options, Encoding& out) const {
  const bool is_second = piece.source == Source::kSecond;
  const TokenBuffer& tokens = is_second ? window.second : window.first;
  const TokenRange range = is_second ? window.second_range : window.first_range;
  const bool is_further = is_second ? window.second_is_further : window.first_is_further;
  const bool has_own_type = is_further && !(types_in_windows_ && options.add_special_tokens);
  append(tokens.ids, range, out.ids);
  out.type_ids.resize(out.ids.size(), has_own_type ? (is_second ? 1 : 0) : piece.type_id);
  if (options.want_word_ids) append(tokens.words, range, out.word_ids);
  if (!options.want_offsets) return;
  const size_t begin = out.offsets.size();
  append(tokens.offsets, range, out.offsets);
  out.special_mask.resize(out.ids.size(), 0);
  const std::span offsets = std::span(out.offsets).subspan(begin);
  if (!trims_.empty()) {
    const Place place{true, is_second, options.add_special_tokens};
    if (tokens.spelled.empty()) {
      trim(offsets, place, [&](size_t i) { return tokens.spaces[range.first + i]; });
    } else {
      const auto spaces_of = [&, text = tokens.spelled.data()](size_t i) {
        return space_runs_of_bytes(bytes_of(offsets[i], text));
      };
      trim(offsets, place, spaces_of);
    }
  }
  if (options.offset_unit == OffsetUnit::kBytes) {
    for (CharRange& each : offsets) each = in_bytes(each, tokens.byte_of_char);
  }
}

void PostProcessor::assemble(const Window& window, const EncodeOptions& options,
                             Encoding& out) const {
  for (const TemplatePiece& piece : window.pieces) {
    if (piece.source != Source::kSpecial) {
      append_text(window, piece, options, out);
    } else if (options.add_special_tokens) {
      out.ids.insert(out.ids.end(), piece.special_ids.begin(), piece.special_ids.end());
      fill_up(options, piece.type_id, out);
    }
  }
}

/// Every window of the text that comes first in the template with every window of the other, but
/// for the pair that is the encoding itself.
void PostProcessor::append_windows(const Window& window, const EncodeOptions& options,
                                   Encoding& out) const {
  const auto ranges = [&](const TokenBuffer& tokens, TokenRange kept) {
    return windows({size_of(tokens), static_cast<int64_t>(kept.second - kept.first), options.stride,
                    options.side.value_or(lengths_.side)});
  };
  const auto is_text = [](const TemplatePiece& piece) { return piece.source != Source::kSpecial; };
  const auto leading = std::find_if(window.pieces.begin(), window.pieces.end(), is_text);
  const bool second_leads = leading != window.pieces.end() && leading->source == Source::kSecond;
  auto outer = ranges(window.first, window.first_range);
  auto inner = window.is_pair ? ranges(window.second, window.second_range)
                              : std::vector<TokenRange>{window.second_range};
  if (second_leads) std::swap(outer, inner);
  std::rotate(outer.begin(), outer.begin() + 1, outer.end());  // the kept range comes last
  for (size_t i = 0; i < outer.size(); ++i) {
    const bool is_kept = i + 1 == outer.size();
    for (size_t j = is_kept ? 1 : 0; j < inner.size(); ++j) {
      Window further = window;
      further.first_range = second_leads ? inner[j] : outer[i];
      further.second_range = second_leads ? outer[i] : inner[j];
      further.first_is_further = second_leads ? j > 0 : !is_kept;
      further.second_is_further = second_leads ? !is_kept : j > 0;
      assemble(further, options, out.overflowing.emplace_back());
    }
  }
}

void PostProcessor::process_window(Window& window, const EncodeOptions& options,
                                   Encoding& out) const {
  out.clear();
  const int64_t first = size_of(window.first);
  const int64_t second = window.is_pair ? size_of(window.second) : 0;
  std::pair<int64_t, int64_t> kept{first, second};
  if (options.max_length > 0) {
    kept = kept_sizes(first, window.is_pair ? std::optional(second) : std::nullopt,
                      room(window.pieces, options), options.strategy);
  }
  const TruncationSide side = options.side.value_or(lengths_.side);
  window.first_range = kept_range(first, kept.first, side);
  window.second_range = kept_range(second, kept.second, side);
  out.num_cut = static_cast<int32_t>(first + second - kept.first - kept.second);
  assemble(window, options, out);
  if (options.want_overflowing && out.num_cut > 0) append_windows(window, options, out);
}

int32_t PostProcessor::id_limit() const {
  int32_t limit = 0;
  for (const Template* pieces : {&single_, &pair_}) {
    for (const TemplatePiece& piece : *pieces) {
      for (const int32_t id : piece.special_ids) limit = std::max(limit, id + 1);
    }
  }
  return limit;
}

void PostProcessor::process(const TokenBuffer& first, const EncodeOptions& options,
                            Encoding& out) const {
  Window window{first, first, single_, false};
  process_window(window, options, out);
}

void PostProcessor::process_pair(const TokenBuffer& first, const TokenBuffer& second,
                                 const EncodeOptions& options, Encoding& out) const {
  Window window{first, second, pair_, true};
  process_window(window, options, out);
}

}  // namespace finetune::text
