#pragma once

#include <filesystem>

namespace finetune::apps {

struct TokenizeArguments {
  std::filesystem::path tokenizer;  ///< a folder, tokenizer.json or vocab.txt
  bool prints_ids = false;          ///< ids separated by spaces instead of JSON
  bool decodes = false;             ///< reads ids, prints text
  bool adds_special_tokens = true;
  int threads = 0;  ///< 0: the processors this process may use
};

/// finetune tokenize TOKENIZER < lines
int run_tokenize(const TokenizeArguments& arguments);

}  // namespace finetune::apps
