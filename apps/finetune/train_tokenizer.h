#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "text/train_tokenizer.h"

namespace finetune::apps {

struct TrainTokenizerArguments {
  text::TrainTokenizerOptions options;  ///< num_threads 0: the processors this process may use
  std::string special_tokens;           ///< separated by commas; laid over those of `options`
  std::filesystem::path output;
  std::vector<std::string> files;
  bool overwrites = false;
  bool prints_json = false;
};

/// finetune train-tokenizer --type unigram --vocab-size 8000 --output FOLDER FILE...
int run_train_tokenizer(const TrainTokenizerArguments& arguments);

}  // namespace finetune::apps
