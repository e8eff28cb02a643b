#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "text/json_node.h"
#include "text/subword_sampler.h"
#include "text/vocabulary.h"
#include "text/wordpiece.h"

namespace finetune::text {

/// The model of a tokenizer: how one piece of pre-tokenised text becomes tokens. Immutable, usable
/// from many threads.
class TokenModel {
 public:
  virtual ~TokenModel() = default;

  /// Appends the tokens of `piece` (valid UTF-8, not empty), each with the bytes of the piece that
  /// it covers. Throws CheckpointError where the piece needs an unknown token and the model has
  /// none.
  virtual void tokenize(std::string_view piece, std::vector<Piece>& out) const = 0;

  /// Whether sample() cuts at random.
  virtual bool has_sampling() const { return false; }

  /// The same with random segmentation (subword regularisation), as far as the model knows one:
  /// BPE drops merges, Unigram samples; the others do as tokenize() does.
  virtual void sample(std::string_view piece, SubwordSampler& sampler,
                      std::vector<Piece>& out) const;

  virtual const Vocabulary& vocabulary() const = 0;
  virtual std::optional<int32_t> unknown_id() const = 0;
  virtual std::string description() const = 0;  ///< "BPE, byte fallback": for inspect
};

/// The vocabulary of a model: strings and their ids, in the order of the file. `scores` only for
/// Unigram, one a token.
struct ModelVocabulary {
  std::vector<std::pair<std::string, int32_t>> tokens;
  std::vector<double> scores;
};

/// Reads the "model" section of a tokenizer.json; the large tables may have been taken out of the
/// JSON text beforehand (json_vocabulary.h) and come beside it. Throws CheckpointError naming the
/// JSON path of anything unknown or malformed.
std::unique_ptr<TokenModel> read_token_model(
    const JsonNode& node, const ModelVocabulary& vocabulary,
    const std::vector<std::pair<std::string, std::string>>& merges);

}  // namespace finetune::text
