#include "text/wordpiece_trainer.h"

#include "base/error.h"

namespace finetune::text {

std::vector<std::string> train_wordpiece(const WordCounts& words,
                                         const BpeTrainerOptions& options) {
  if (options.continuing_prefix.empty())
    throw ConfigError("a WordPiece vocabulary needs a prefix for tokens within words, e.g. '##'");
  return train_bpe(words, options).tokens;
}

}  // namespace finetune::text
