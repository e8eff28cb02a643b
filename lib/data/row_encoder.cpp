#include "data/row_encoder.h"

#include <algorithm>

#include "base/error.h"
#include "base/strings.h"

namespace finetune::data {
namespace {

/// "0 0 1", cut short.
std::string listed(const std::vector<int32_t>& numbers) {
  constexpr size_t kShown = 16;
  std::string text;
  for (size_t i = 0; i < std::min(numbers.size(), kShown); ++i) {
    text += base::cat(i > 0 ? " " : "", numbers[i]);
  }
  return numbers.size() > kShown ? text + " ..." : text;
}

}  // namespace

RowEncoder::RowEncoder(const EncodingOptions& options, const Tokenizers& tokenizers)
    : options_(options), tokenizers_(tokenizers) {
  text_options_.add_special_tokens = options.block_length == 0;
  if (options.long_rows == LongRows::kCutBeginning)
    text_options_.side = text::TruncationSide::kLeft;
  // A text whose target follows in the same sequence is cut here, not by the tokenizer.
  if (!shares_positions()) text_options_.max_length = most_tokens(0);
}

int32_t RowEncoder::most_tokens(int64_t num_labels) const {
  const bool may_cut =
      options_.long_rows != LongRows::kDrop && options_.long_rows != LongRows::kError;
  if (!may_cut || options_.block_length > 0) return 0;
  const int64_t left = options_.target.shared_length - num_labels;
  if (left <= 0) return options_.max_length;
  const auto most = static_cast<int32_t>(left);
  return options_.max_length > 0 ? std::min(options_.max_length, most) : most;
}

void RowEncoder::cut_before_suffix(const std::string& text, int32_t limit,
                                   text::Encoding& out) const {
  auto& ids = out.ids;
  if (limit == 0 || std::ssize(ids) <= limit) return;
  const auto suffix_begin = static_cast<int64_t>(text.size() - options_.suffix.size());
  text::EncodeOptions options = text_options_;
  options.want_offsets = true;
  options.offset_unit = text::OffsetUnit::kBytes;
  tokenizers_.source.encode(text, options, out);
  const auto is_own = [&](size_t i) {  // a token of the text
    return out.special_mask[i] == 0 && out.offsets[i].second <= suffix_begin;
  };
  size_t end = ids.size();
  while (end > 0 && !is_own(end - 1)) --end;
  const auto num_cut = std::ssize(ids) - limit;
  const auto begin = std::max<std::ptrdiff_t>(0, static_cast<std::ptrdiff_t>(end) - num_cut);
  ids.erase(ids.begin() + begin, ids.begin() + begin + num_cut);
  auto& types = out.type_ids;
  types.erase(types.begin() + begin, types.begin() + begin + num_cut);
  out.num_cut = static_cast<int32_t>(num_cut);
}

void RowEncoder::encode_text(const Example& example, int64_t num_labels,
                             text::SubwordSampler* sampler, text::Encoding& out) const {
  const bool is_framed = !options_.prefix.empty() || !options_.suffix.empty();
  const std::string framed =
      is_framed ? options_.prefix + example.text + options_.suffix : std::string();
  const std::string& text = is_framed ? framed : example.text;
  const text::Tokenizer& tokenizer = tokenizers_.source;
  const bool is_pair = !example.text_pair.empty();
  if (sampler != nullptr && is_pair) {
    tokenizer.sample_pair(text, example.text_pair, text_options_, *sampler, out);
  } else if (sampler != nullptr) {
    tokenizer.sample(text, text_options_, *sampler, out);
  } else if (is_pair) {
    tokenizer.encode_pair(text, example.text_pair, text_options_, out);
  } else {
    tokenizer.encode(text, text_options_, out);
    if (shares_positions()) cut_before_suffix(text, most_tokens(num_labels), out);
  }
}

void RowEncoder::encode_target(const std::string& target, text::SubwordSampler* sampler,
                               text::Encoding& out) const {
  const std::string text = options_.target_prefix + target;
  if (sampler != nullptr) {
    tokenizers_.target.sample(text, {}, *sampler, out);
  } else {
    tokenizers_.target.encode(text, {}, out);
  }
  std::vector<int32_t>& ids = out.ids;
  const auto end = options_.target.end_of_text;
  const bool lacks_end = end && (ids.empty() || ids.back() != *end);
  if (!ids.empty() && options_.target.decoder_start == ids.front()) ids.erase(ids.begin());
  if (lacks_end) ids.push_back(*end);
}

Fit RowEncoder::fit(const RowLengths& lengths) const {
  const auto [text, target] = lengths;
  if (text == 0) return Fit::kNoToken;
  if (options_.block_length > 0) return Fit::kFits;
  const TargetEncoding& limits = options_.target;
  if (options_.max_length > 0 && text > options_.max_length) return Fit::kLongText;
  if (limits.max_length > 0 && target > limits.max_length) return Fit::kLongTarget;
  if (limits.shared_length > 0 && text + target > limits.shared_length) return Fit::kLongTogether;
  const bool has_both = target > 0 && limits.max_length_ratio > 0.0;
  const auto shorter = static_cast<double>(std::min(text, target));
  const auto longer = static_cast<double>(std::max(text, target));
  return has_both && longer > limits.max_length_ratio * shorter ? Fit::kUneven : Fit::kFits;
}

int32_t second_begin(const text::Encoding& encoding) {
  const auto first = std::find(encoding.type_ids.begin(), encoding.type_ids.end(), 1);
  if (std::any_of(first, encoding.type_ids.end(), [](int32_t type) { return type != 1; }) ||
      std::any_of(encoding.type_ids.begin(), first, [](int32_t type) { return type != 0; })) {
    throw CheckpointError(base::cat(
        "the tokenizer's post-processor gives a text the type ids ", listed(encoding.type_ids),
        ", but a model takes 0 ... 0 or 0 ... 0 1 ... 1 only; mend the type_id values of "
        "/post_processor in its tokenizer.json"));
  }
  return static_cast<int32_t>(first - encoding.type_ids.begin());
}

}  // namespace finetune::data
