#pragma once

#include <cstdint>
#include <vector>

namespace finetune::data {

/// Many examples laid end to end, without padding: the only layout inside the models.
struct Batch {
  std::vector<int64_t> token_ids;  ///< [N]
  std::vector<int64_t> positions;  ///< [N] 0-based inside each sequence
  std::vector<int64_t> segments;   ///< [N] token type
  std::vector<int64_t> offsets;    ///< [B+1] sequence b is [offsets[b], offsets[b+1])
  std::vector<int64_t> class_ids;  ///< [B] single-label classification; -1 = unlabelled; else empty
  std::vector<float> targets;  ///< [B, C] row-major, multi-label (0/1) and regression; else empty
  std::vector<int64_t> label_ids;        ///< [M] tokens of the target texts, end to end; else empty
  std::vector<int64_t> label_offsets;    ///< [B+1] of label_ids; empty without target texts
  std::vector<int64_t> example_indices;  ///< [B] row of each sequence in its data set

  /// Those of texts and of target texts.
  int64_t num_tokens() const { return static_cast<int64_t>(token_ids.size() + label_ids.size()); }
  int64_t num_sequences() const { return static_cast<int64_t>(offsets.size()) - 1; }
};

}  // namespace finetune::data
