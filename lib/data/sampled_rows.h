#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "data/dataset.h"
#include "data/prepare.h"
#include "data/row_encoder.h"
#include "text/subword_sampler.h"

namespace finetune::data {

/// Subword regularisation of training rows: which sides are cut at random, and how.
struct RowSampling {
  text::SubwordSampling segmentation{};
  bool source = true;  ///< texts, and their pairs
  bool target = true;  ///< target texts
  uint64_t seed = 42;
};

/// The rows of a training set with tokens drawn anew each epoch: Kudo 2018, "Subword
/// regularization"; Provilkov et al. 2020, "BPE-dropout".
///
/// The tokens of a side of a row are a pure function of (seed, epoch, row, side). The data set's
/// own tokens stay what rows are sorted, grouped and counted by, so that a batch may hold more
/// tokens than was planned. A row that only sampling makes longer than the options allow keeps
/// those.
///
/// Holds the texts of all rows in memory. Immutable, usable from many threads.
class SampledRows {
 public:
  /// `dataset` is of `file`, which is read once more, and must outlive this as the tokenizers must.
  /// Throws as visit_examples.
  SampledRows(const EncodedDataset& dataset, const FileOptions& file, const Tokenizers& tokenizers,
              const RowSampling& sampling);

  Batch make_batch(std::span<const int64_t> rows, int64_t epoch) const;

 private:
  struct Drawn {
    text::Encoding text;
    text::Encoding target;
  };

  Example example_of(int64_t row) const;
  text::SubwordSampler sampler_of(int64_t row, int64_t epoch, uint64_t side) const;
  RowTokens draw(int64_t row, int64_t epoch, const RowEncoder& encoder, Drawn& drawn) const;

  const EncodedDataset& dataset_;
  EncodingOptions encoding_;
  Tokenizers tokenizers_;
  RowSampling sampling_;
  std::string texts_;         ///< text, pair and target of every row, end to end
  std::vector<size_t> ends_;  ///< [3 R] of them
};

}  // namespace finetune::data
