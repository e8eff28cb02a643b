#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <vector>

#include "models/generation.h"

namespace finetune::models {

/// A source text as the decoder reads it.
using EncodedSource = nn::Source;

/// An encoder that reads a source and a decoder that writes a target (BART, Marian, T5, BERT2BERT).
/// vocab_size() and max_length() are those of the source.
class Seq2SeqModel : public Model {
 public:
  virtual EncodedSource encode(const nn::TokenBatch& source, const nn::Pass& pass) = 0;

  /// Teacher forcing: sequence b of `target` holds decoder inputs (decoder_inputs below), reads
  /// source b, and row m predicts the label at m. -> [M, D]; with `rows` (int64 [R]) only those.
  virtual at::Tensor decode(const nn::TokenBatch& target, const EncodedSource& source,
                            const nn::Pass& pass, const at::Tensor& rows) = 0;
  virtual VocabularyHead head() const = 0;
  virtual SpecialIds special_ids() const = 0;  ///< decoder_start is always there
  virtual int64_t target_vocab_size() const { return vocab_size(); }
  virtual int64_t max_target_length() const { return max_length(); }

  /// The keys and values of the source are computed once and shared by all rows that read it.
  virtual std::unique_ptr<IncrementalDecoder> start_decoding(const EncodedSource& source) = 0;
};

/// What the decoder reads while it is to predict `labels`: [start] + labels[:-1].
std::vector<int64_t> decoder_inputs(std::span<const int64_t> labels, int64_t decoder_start);

/// Builds an encoder-decoder from a config.json, as build_sequence_classifier does.
std::unique_ptr<Seq2SeqModel> build_seq2seq_model(const nlohmann::json& config,
                                                  const GeneratorOptions& options, uint64_t seed);

}  // namespace finetune::models
