#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "models/model.h"

/// What models that write text share: the head over the vocabulary, the ids that begin and end a
/// text, and decoding one token after another.
namespace finetune::models {

/// The last matrix product of a model that writes text: logits = hidden weight^T + bias. It stands
/// outside `hidden` and `decode` so that a loss can be computed without all logits at once
/// (kernels::cross_entropy_sum with weight and bias). Whatever else comes before it (a transform, a
/// scale) is part of the hidden states already.
struct VocabularyHead {
  at::Tensor weight;  ///< [V, D], often the embedding table itself
  at::Tensor bias;    ///< [V] or undefined
};

/// hidden [R, D] -> [R, V]
at::Tensor logits(const VocabularyHead& head, const at::Tensor& hidden);

/// Token ids that config.json gives a meaning; absent keys have the family's defaults.
struct SpecialIds {
  std::optional<int64_t> bos;
  std::optional<int64_t> pad;
  std::vector<int64_t> eos;                     ///< any of them ends a text; may be empty
  std::optional<int64_t> decoder_start;         ///< what an encoder-decoder's target begins with
  std::optional<int64_t> forced_bos;            ///< the first token written, whatever the scores
  std::optional<int64_t> forced_eos;            ///< the last token at the maximum length
  std::vector<std::vector<int64_t>> bad_words;  ///< sequences never to be written
};

/// Writes rows of text token by token and keeps what attention needs of the tokens before: each
/// step computes the new tokens only. A row continues any row of the step before (a beam its
/// parent), several rows may continue the same one, and a row that nobody continues is gone: beams
/// are reordered, and finished texts leave, by their numbers alone: keys and values stay where they
/// are.
///
/// Evaluation mode, no gradients. The model must outlive it and keep its weights.
class IncrementalDecoder {
 public:
  virtual ~IncrementalDecoder() = default;

  /// Reads the beginnings of B rows (a prompt, or the decoder's start ids), once, before any step.
  /// Row b belongs to source b of an encoder-decoder. `prompts` int64 [N] with positions and
  /// segments left to the model. -> hidden states of each row's last token, [B, D]
  virtual at::Tensor prefill(const at::Tensor& prompts, const kernels::Sequences& sequences) = 0;

  /// New row r appends token_ids[r] to row parents[r] of the rows that the last call returned.
  /// -> hidden states of the new tokens, [R, D]. Throws InternalError when a row would be longer
  /// than the model has positions, or a parent is no row.
  virtual at::Tensor step(std::span<const int64_t> token_ids, std::span<const int64_t> parents) = 0;
};

/// What a run asks of a model that writes text.
struct GeneratorOptions {
  std::optional<double> dropout;  ///< overrides hidden and attention dropout of config.json
};

}  // namespace finetune::models
