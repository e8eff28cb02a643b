#include "text/post_processor.h"

#include <algorithm>
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

/// longest_first: the longer text is cut down to the shorter, then both alike; an odd token goes to
/// the one that was longer (the second of two equals).
std::pair<int64_t, int64_t> cut_longest_first(int64_t first, int64_t second, int64_t limit) {
  int64_t shorter = std::min(first, second);
  int64_t longer = shorter > limit ? shorter : std::max(shorter, limit - shorter);
  if (shorter + longer > limit) {
    shorter = limit / 2;
    longer = shorter + limit % 2;
  }
  if (first > second) std::swap(shorter, longer);
  return {std::min(first, shorter), std::min(second, longer)};
}

void append_special(const TemplatePiece& piece, bool want_offsets, Encoding& out) {
  out.ids.insert(out.ids.end(), piece.special_ids.begin(), piece.special_ids.end());
  out.type_ids.resize(out.ids.size(), piece.type_id);
  if (!want_offsets) return;
  out.offsets.resize(out.ids.size(), {0, 0});
  out.special_mask.resize(out.ids.size(), 1);
}

void append_text(const TokenBuffer& tokens, int32_t type_id, bool want_offsets, Encoding& out) {
  out.ids.insert(out.ids.end(), tokens.ids.begin(), tokens.ids.end());
  out.type_ids.resize(out.ids.size(), type_id);
  if (!want_offsets) return;
  out.offsets.insert(out.offsets.end(), tokens.offsets.begin(), tokens.offsets.end());
  out.special_mask.resize(out.ids.size(), 0);
}

struct Texts {
  const TokenBuffer& first;
  const TokenBuffer& second;
};

void assemble(const PostProcessor::Template& pieces, const Texts& texts,
              const EncodeOptions& options, Encoding& out) {
  for (const TemplatePiece& piece : pieces) {
    if (piece.source == Source::kSpecial) {
      if (options.add_special_tokens) append_special(piece, options.want_offsets, out);
    } else {
      append_text(piece.source == Source::kFirst ? texts.first : texts.second, piece.type_id,
                  options.want_offsets, out);
    }
  }
}

int64_t size_of(const TokenBuffer& tokens) { return static_cast<int64_t>(tokens.ids.size()); }

void cut(TokenBuffer& tokens, int64_t size, bool want_offsets) {
  tokens.resize(static_cast<size_t>(size), want_offsets);
}

}  // namespace

PostProcessor::PostProcessor()
    : PostProcessor({{Source::kFirst, 0}}, {{Source::kFirst, 0}, {Source::kSecond, 1}}) {}

PostProcessor::PostProcessor(Template single, Template pair)
    : single_(std::move(single)), pair_(std::move(pair)) {}

void PostProcessor::process(TokenBuffer& first, const EncodeOptions& options, Encoding& out) const {
  out.clear();
  if (options.max_length > 0) {
    const int64_t kept = std::min(size_of(first), room(single_, options));
    out.num_cut = static_cast<int32_t>(size_of(first) - kept);
    cut(first, kept, options.want_offsets);
  }
  assemble(single_, {first, first}, options, out);
}

void PostProcessor::process_pair(TokenBuffer& first, TokenBuffer& second,
                                 const EncodeOptions& options, Encoding& out) const {
  out.clear();
  if (options.max_length > 0) {
    const int64_t limit = room(pair_, options);
    const int64_t before = size_of(first) + size_of(second);
    if (before > limit) {
      const auto kept = cut_longest_first(size_of(first), size_of(second), limit);
      cut(first, kept.first, options.want_offsets);
      cut(second, kept.second, options.want_offsets);
      out.num_cut = static_cast<int32_t>(before - kept.first - kept.second);
    }
  }
  assemble(pair_, {first, second}, options, out);
}

}  // namespace finetune::text
