#pragma once

#include <string>
#include <utility>
#include <vector>

#include "text/token_model.h"

namespace finetune::text {

/// The unigram language model: of all ways to write a piece as tokens the one whose scores (log
/// probabilities) sum highest, found by Viterbi's algorithm over a trie. A character that is no
/// token by itself scores ten less than the worst token; neighbouring unknown ones become one
/// token, or with byte fallback the tokens of their bytes. Kudo 2018, "Subword regularization",
/// arXiv:1804.10959; sums in double, left to right, and of equal sums the longest last token, as in
/// `tokenizers` 0.22.2.
class Unigram final : public TokenModel {
 public:
  /// Throws CheckpointError when the numbers of tokens and scores differ, a score is not finite or
  /// unknown_id is not a token.
  Unigram(const ModelVocabulary& vocabulary, std::optional<int32_t> unknown_id, bool byte_fallback);

  void tokenize(std::string_view piece, std::vector<Piece>& out) const override;
  /// Samples a segmentation with probability in proportion to exp(alpha * score), among the nbest
  /// best ones or among all.
  void sample(std::string_view piece, SubwordSampler& sampler,
              std::vector<Piece>& out) const override;

  bool has_sampling() const override { return true; }
  const Vocabulary& vocabulary() const override { return vocabulary_; }
  std::optional<int32_t> unknown_id() const override { return unknown_id_; }
  std::string description() const override;

  double score(int32_t id) const { return scores_[static_cast<size_t>(id)]; }
  double unknown_score() const { return unknown_score_; }
  bool has_byte_fallback() const { return byte_fallback_; }
  int32_t needed_unknown_id() const;  ///< throws CheckpointError where there is none

  /// Appends the tokens for the end positions of a segmentation of `piece`, given from its last
  /// piece to its first: [begin, end) and the id of each.
  void emit(std::string_view piece, std::vector<Piece>& reversed, std::vector<Piece>& out) const;

 private:
  void emit_unknown(std::string_view piece, Piece range, std::vector<Piece>& out) const;

  Vocabulary vocabulary_;
  std::vector<double> scores_;  ///< [id]
  double unknown_score_;
  std::optional<int32_t> unknown_id_;
  bool byte_fallback_;
  std::vector<int32_t> byte_ids_;  ///< [256] of "<0x00>" ..., -1 where absent
};

}  // namespace finetune::text
