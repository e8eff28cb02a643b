#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "data/batch.h"

namespace finetune::data {

/// A data set after tokenisation, immutable, usually backed by a mapped cache file. Row i is one
/// example.
class EncodedDataset {
 public:
  virtual ~EncodedDataset() = default;

  virtual int64_t size() const = 0;
  virtual int64_t length(int64_t row) const = 0;  ///< tokens, specials included
  virtual std::span<const int32_t> token_ids(int64_t row) const = 0;
  virtual int64_t second_segment_begin(
      int64_t row) const = 0;  ///< first token with type id 1; length(row) if none
  virtual int64_t class_id(int64_t row) const = 0;  ///< -1 where unlabelled
  virtual std::span<const float> targets(
      int64_t row) const = 0;  ///< [C]; empty for single-label data
  virtual int64_t tokens_cut(int64_t /*row*/) const { return 0; }  ///< removed by truncation
  virtual int64_t source_line(int64_t row) const = 0;  ///< 1-based line of the source file

  /// Tokens of the target text, without the decoder's start; empty without target texts.
  virtual std::span<const int32_t> label_ids(int64_t /*row*/) const { return {}; }
  virtual bool has_label_ids() const { return false; }
  /// All tokens that a row costs in a batch: those of its text and of its target text.
  int64_t num_tokens(int64_t row) const {
    return length(row) + static_cast<int64_t>(label_ids(row).size());
  }

  virtual int64_t num_targets() const = 0;   ///< C of targets(); 0 for single-label data
  virtual uint64_t fingerprint() const = 0;  ///< content hash: data, tokenizer and options
};

/// The tokens of one row.
struct RowTokens {
  std::span<const int32_t> text;
  int64_t second_segment_begin = 0;
  std::span<const int32_t> labels;  ///< of the target text
};

RowTokens tokens_of(const EncodedDataset& dataset, int64_t row);

/// Lays `rows` end to end.
Batch make_batch(const EncodedDataset& dataset, std::span<const int64_t> rows);

/// The same with the tokens that `tokens_of_row` gives, each valid until the next call.
Batch make_batch(const EncodedDataset& dataset, std::span<const int64_t> rows,
                 const std::function<RowTokens(int64_t row)>& tokens_of_row);

}  // namespace finetune::data
