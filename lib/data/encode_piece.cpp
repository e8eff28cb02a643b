#include "data/encode_piece.h"

#include <iterator>
#include <optional>

namespace finetune::data {
namespace {

class PieceEncoder {
 public:
  PieceEncoder(const EncodingOptions& options, const Tokenizers& tokenizers, Piece& piece)
      : rows_(options, tokenizers), piece_(piece) {
    if (options.block_length > 0) block_end_ = options.block_end;
  }

  void add(const Example& example) {
    int64_t num_labels = 0;
    if (!example.target.empty()) {
      rows_.encode_target(example.target, nullptr, encoding_);
      append(encoding_.ids, piece_.label_ids);
      num_labels = std::ssize(encoding_.ids);
    }
    encode_text(example, num_labels);
    piece_.offsets.push_back(piece_.token_ids.size());
    piece_.label_offsets.push_back(piece_.label_ids.size());
    const size_t index = piece_.fits.size();
    piece_.fits.push_back(
        rows_.fit({std::ssize(piece_.text(index)), std::ssize(piece_.labels(index))}));
  }

 private:
  static void append(const std::vector<int32_t>& ids, std::vector<int32_t>& column) {
    column.insert(column.end(), ids.begin(), ids.end());
  }

  void encode_text(const Example& example, int64_t num_labels) {
    rows_.encode_text(example, num_labels, nullptr, encoding_);
    append(encoding_.ids, piece_.token_ids);
    piece_.second_begins.push_back(second_begin(encoding_));
    piece_.tokens_cut.push_back(encoding_.num_cut);
    if (block_end_) piece_.token_ids.push_back(*block_end_);
  }

  RowEncoder rows_;
  Piece& piece_;
  std::optional<int32_t> block_end_;
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
  PieceEncoder encoder(options, tokenizers, piece);
  for (const Example& example : examples) encoder.add(example);
  return piece;
}

}  // namespace finetune::data
