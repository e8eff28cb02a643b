#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "data/example.h"
#include "data/prepare.h"
#include "data/row_encoder.h"

namespace finetune::data {

/// Key of the data report for what is left out: "long_text", ...
std::string_view reason_of(Fit fit);

/// What one thread encodes at a time: some examples as columns.
struct Piece {
  std::vector<int32_t> token_ids;
  std::vector<size_t> offsets{0};  ///< example i holds tokens [offsets[i], offsets[i+1])
  std::vector<int32_t> second_begins;
  std::vector<int32_t> tokens_cut;
  std::vector<int32_t> label_ids;        ///< of target texts
  std::vector<size_t> label_offsets{0};  ///< example i holds ids [label_offsets[i], ...)
  std::vector<Fit> fits;

  std::span<const int32_t> text(size_t i) const {
    return std::span(token_ids).subspan(offsets[i], offsets[i + 1] - offsets[i]);
  }
  std::span<const int32_t> labels(size_t i) const {
    return std::span(label_ids).subspan(label_offsets[i], label_offsets[i + 1] - label_offsets[i]);
  }
};

Piece encode_piece(std::span<const Example> examples, const EncodingOptions& options,
                   const Tokenizers& tokenizers);

}  // namespace finetune::data
