#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace finetune::text {

struct SentencePieceTrainerOptions {
  enum class Algorithm { kUnigram, kBpe };
  Algorithm algorithm = Algorithm::kUnigram;
  int64_t vocab_size = 8000;           ///< special pieces included
  double character_coverage = 0.9995;  ///< share of all characters that get a piece: 0.98 to 1
  bool lowercase = false;
  bool byte_fallback = false;  ///< 256 pieces for the bytes of characters without a piece
  /// As Llama's model: text is not normalised, digits are split, spaces are kept.
  bool keeps_text = false;
  /// Ids of the special pieces and their texts; -1: none (not the unknown one).
  struct Special {
    int32_t id;
    std::string text;
  };
  Special unknown{0, "<unk>"};
  Special bos{1, "<s>"};
  Special eos{2, "</s>"};
  Special pad{-1, "<pad>"};
  std::vector<std::string> control_symbols{};  ///< further special pieces, with the next ids
};

/// Trains a SentencePiece model (Kudo and Richardson 2018, arXiv:1808.06226; unigram: Kudo 2018,
/// arXiv:1804.10959) with the library's own trainer, on the lines of `files` ("-": standard input),
/// and returns the bytes of the `.model` file: the same as spm_train with the same options gives.
/// All lines are held in memory; those above 4192 bytes are left out, with a warning.
///
/// Throws DataError when the text holds nothing to train on or is too small for the vocabulary,
/// ConfigError when the vocabulary is too small for the characters or an option out of range, and
/// as Corpus does.
std::string train_sentencepiece(const std::vector<std::string>& files,
                                const SentencePieceTrainerOptions& options);

}  // namespace finetune::text
