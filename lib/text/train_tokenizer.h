#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "text/tokenizer_writer.h"
#include "text/trained_class.h"

namespace finetune::text {

struct TrainTokenizerOptions {
  TokenizerKind kind = TokenizerKind::kUnigram;
  std::string model_class{};  ///< "bert", "gpt2", "t5", ...; empty: the first of the kind
  int64_t vocab_size = 8000;  ///< special tokens included
  std::vector<std::string> special_tokens{};  ///< besides those of the class
  bool lowercase = false;
  int64_t min_frequency = 2;                ///< of a merged pair (kByteBpe, kWordPiece)
  std::optional<int64_t> limit_alphabet{};  ///< at most this many characters (kWordPiece)
  double character_coverage = 0.9995;       ///< kUnigram, kSentencePieceBpe
  int num_threads = 1;
};

struct TrainedTokenizer {
  TokenizerFiles files;
  int64_t vocab_size;  ///< smaller than asked for where the text gives no more
};

/// Trains a vocabulary on the lines of `files` ("-": standard input; each at most once) and makes a
/// tokenizer folder of it, which write_tokenizer_folder() writes. Throws ConfigError for options
/// that do not fit together or a vocabulary without room for its characters, DataError for a text
/// that is empty, too small or not UTF-8, IoError.
TrainedTokenizer train_tokenizer(const std::vector<std::string>& files,
                                 const TrainTokenizerOptions& options);

}  // namespace finetune::text
