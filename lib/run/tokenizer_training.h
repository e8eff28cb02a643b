#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "text/tokenizer_writer.h"

namespace finetune::config {
class Document;
class Fields;
}  // namespace finetune::config

namespace finetune::run {

/// How a tokenizer is trained for a run: {"train": "unigram", "vocab_size": 8000}.
struct TokenizerTraining {
  std::string kind = "unigram";  ///< unigram, bpe, byte-bpe, wordpiece
  int64_t vocab_size = 8000;
  bool joint = false;  ///< on both sides of the training text
  std::optional<std::string> model_class;
  bool lowercase = false;
  double character_coverage = 0.9995;

  void describe(config::Fields& fields);
};

/// Reports what is wrong with the object at `key` of a config.
void check_tokenizer_training(const std::string& key, config::Document& document);

/// Reads the object that stands at `key` of the config. Throws one ConfigError with all errors.
TokenizerTraining read_tokenizer_training(const std::string& key, const std::string& object);

/// Trains on plain text files, line by line. Throws ConfigError and DataError as
/// text::train_tokenizer.
text::TokenizerFiles train_vocabulary(const TokenizerTraining& training,
                                      const std::vector<std::string>& files, int num_threads);

}  // namespace finetune::run
