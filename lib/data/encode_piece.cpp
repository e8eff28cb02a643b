#include "data/encode_piece.h"

#include <algorithm>
#include <string>

#include "base/error.h"

namespace finetune::data {
namespace {

/// Type ids are 0 ... 0 or 0 ... 0 1 ... 1.
int32_t second_begin(const text::Encoding& encoding) {
  const auto first = std::find(encoding.type_ids.begin(), encoding.type_ids.end(), 1);
  if (std::any_of(first, encoding.type_ids.end(), [](int32_t type) { return type != 1; }) ||
      std::any_of(encoding.type_ids.begin(), first, [](int32_t type) { return type != 0; })) {
    throw InternalError("the tokenizer gave type ids that are not two segments");
  }
  return static_cast<int32_t>(first - encoding.type_ids.begin());
}

class Encoder {
 public:
  Encoder(const EncodingOptions& options, const Tokenizers& tokenizers, Piece& piece)
      : options_(options), tokenizers_(tokenizers), piece_(piece) {
    text_options_.add_special_tokens = options.block_length == 0;
    if (options.long_rows == LongRows::kCutBeginning)
      text_options_.side = text::TruncationSide::kLeft;
    // A text whose target follows in the same sequence is cut here, not by the tokenizer.
    if (!shares_positions()) text_options_.max_length = most_tokens(0);
  }

  void add(const Example& example) {
    const size_t num_labels = piece_.label_ids.size();
    if (!example.target.empty()) encode_target(example.target);
    encode_text(example, static_cast<int32_t>(piece_.label_ids.size() - num_labels));
    piece_.offsets.push_back(piece_.token_ids.size());
    piece_.label_offsets.push_back(piece_.label_ids.size());
    piece_.fits.push_back(fit(piece_.fits.size()));
  }

 private:
  bool shares_positions() const { return options_.target.shared_length > 0; }

  /// Of a text beside so many tokens of a target, where it may be cut; 0: it may not.
  int32_t most_tokens(int32_t num_labels) const {
    const bool may_cut =
        options_.long_rows != LongRows::kDrop && options_.long_rows != LongRows::kError;
    if (!may_cut || options_.block_length > 0) return 0;
    const int32_t left = options_.target.shared_length - num_labels;
    if (left <= 0) return options_.max_length;
    return options_.max_length > 0 ? std::min(options_.max_length, left) : left;
  }

  void encode_text(const Example& example, int32_t num_labels) {
    const bool is_framed = !options_.prefix.empty() || !options_.suffix.empty();
    const std::string framed =
        is_framed ? options_.prefix + example.text + options_.suffix : std::string();
    const std::string& text = is_framed ? framed : example.text;
    if (example.text_pair.empty()) {
      tokenizers_.source.encode(text, text_options_, encoding_);
      if (shares_positions())
        cut_before_suffix(text, text.size() - options_.suffix.size(), most_tokens(num_labels));
    } else {
      tokenizers_.source.encode_pair(text, example.text_pair, text_options_, encoding_);
    }
    piece_.token_ids.insert(piece_.token_ids.end(), encoding_.ids.begin(), encoding_.ids.end());
    piece_.second_begins.push_back(second_begin(encoding_));
    piece_.tokens_cut.push_back(encoding_.num_cut);
    if (options_.block_length > 0 && options_.block_end)
      piece_.token_ids.push_back(*options_.block_end);
  }

  /// Brings the encoded text down to `limit` tokens, 0 for any number, by what is before the
  /// suffix.
  void cut_before_suffix(const std::string& text, size_t suffix_begin, int32_t limit) {
    auto& ids = encoding_.ids;
    if (limit == 0 || std::ssize(ids) <= limit) return;
    text::EncodeOptions options = text_options_;
    options.want_offsets = true;
    options.offset_unit = text::OffsetUnit::kBytes;
    tokenizers_.source.encode(text, options, encoding_);
    const auto is_own = [&](size_t i) {  // a token of the text
      return encoding_.special_mask[i] == 0 &&
             encoding_.offsets[i].second <= static_cast<int64_t>(suffix_begin);
    };
    size_t end = ids.size();
    while (end > 0 && !is_own(end - 1)) --end;
    const auto num_cut = std::ssize(ids) - limit;
    const auto begin = std::max<std::ptrdiff_t>(0, static_cast<std::ptrdiff_t>(end) - num_cut);
    ids.erase(ids.begin() + begin, ids.begin() + begin + num_cut);
    auto& types = encoding_.type_ids;
    types.erase(types.begin() + begin, types.begin() + begin + num_cut);
    encoding_.num_cut = static_cast<int32_t>(num_cut);
  }

  void encode_target(const std::string& target) {
    tokenizers_.target.encode(options_.target_prefix + target, {}, encoding_);
    const auto& ids = encoding_.ids;
    const bool has_start = !ids.empty() && options_.target.decoder_start == ids.front();
    piece_.label_ids.insert(piece_.label_ids.end(), ids.begin() + (has_start ? 1 : 0), ids.end());
    const auto end = options_.target.end_of_text;
    if (end && (ids.empty() || ids.back() != *end)) piece_.label_ids.push_back(*end);
  }

  Fit fit(size_t index) const {
    const auto text = static_cast<int64_t>(piece_.text(index).size());
    const auto target = static_cast<int64_t>(piece_.labels(index).size());
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

  const EncodingOptions& options_;
  const Tokenizers& tokenizers_;
  Piece& piece_;
  text::EncodeOptions text_options_;
  text::Encoding encoding_;
};

}  // namespace

std::string_view reason_of(Fit fit) {
  switch (fit) {
    case Fit::kFits:
      return "fits";
    case Fit::kNoToken:
      return "no_token";
    case Fit::kLongText:
      return "long_text";
    case Fit::kLongTarget:
      return "long_target";
    case Fit::kLongTogether:
      return "long_together";
    case Fit::kUneven:
      return "length_ratio";
  }
  return "";
}

Piece encode_piece(std::span<const Example> examples, const EncodingOptions& options,
                   const Tokenizers& tokenizers) {
  Piece piece;
  Encoder encoder(options, tokenizers, piece);
  for (const Example& example : examples) encoder.add(example);
  return piece;
}

}  // namespace finetune::data
