#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "text/merge_table.h"
#include "text/token_model.h"

namespace finetune::text {

struct BpeOptions {
  std::optional<std::string> unknown_token;
  std::string continuing_prefix;  ///< before every character of a piece but the first
  std::string word_suffix;        ///< behind the last character of a piece
  bool fuse_unknown = false;      ///< neighbouring unknown characters become one token
  bool byte_fallback = false;     ///< unknown characters become the tokens "<0x00>" ... of bytes
  bool ignore_merges = false;     ///< a piece that is a token is that token
  double dropout = 0.0;           ///< what the file says; obeyed by sample() only
};

/// Byte-pair encoding: the characters of a piece, then again and again the neighbours whose merge
/// has the lowest rank, the leftmost of equals, joined. Sennrich et al. 2016, "Neural machine
/// translation of rare words with subword units"; every detail as in `tokenizers` 0.22.2, and in
/// O(n log n) of a piece's length.
class Bpe final : public TokenModel {
 public:
  using Merges = std::vector<std::pair<std::string, std::string>>;

  /// Throws CheckpointError naming the merge (counted from 1) that needs an absent token.
  Bpe(const std::vector<std::pair<std::string, int32_t>>& tokens, const Merges& merges,
      BpeOptions options);

  void tokenize(std::string_view piece, std::vector<Piece>& out) const override;
  /// Merges are passed over with probability sampler.options().alpha; 0 is tokenize().
  void sample(std::string_view piece, SubwordSampler& sampler,
              std::vector<Piece>& out) const override;

  bool has_sampling() const override { return true; }
  const Vocabulary& vocabulary() const override { return vocabulary_; }
  std::optional<int32_t> unknown_id() const override { return unknown_id_; }
  std::string description() const override;

  const BpeOptions& options() const { return options_; }
  const MergeTable& merges() const { return merges_; }

 private:
  struct Symbol;
  struct Start;
  struct Workspace;

  static Workspace& workspace();
  void start(std::string_view piece, std::vector<Symbol>& symbols) const;
  bool add_bytes(std::string_view bytes, std::vector<Symbol>& symbols) const;
  int32_t needed_unknown_id() const;
  void merge(Workspace& space, SubwordSampler* sampler) const;
  void join(Workspace& space, uint32_t position, int32_t id) const;
  void push(Workspace& space, int64_t left, int64_t right) const;
  void run(std::string_view piece, SubwordSampler* sampler, std::vector<Piece>& out) const;

  BpeOptions options_;
  Vocabulary vocabulary_;
  MergeTable merges_;
  std::optional<int32_t> unknown_id_;
  std::vector<int32_t> byte_ids_;  ///< [256] of "<0x00>" ..., -1 where absent
};

}  // namespace finetune::text
