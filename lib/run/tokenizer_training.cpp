#include "run/tokenizer_training.h"

#include <algorithm>

#include "base/log.h"
#include "base/strings.h"
#include "config/document.h"
#include "config/fields.h"
#include "text/train_tokenizer.h"

namespace finetune::run {

namespace {

constexpr text::TokenizerKind kKinds[] = {
    text::TokenizerKind::kUnigram, text::TokenizerKind::kSentencePieceBpe,
    text::TokenizerKind::kByteBpe, text::TokenizerKind::kWordPiece};

std::vector<std::string> kind_names() {
  std::vector<std::string> names;
  for (const auto kind : kKinds) names.emplace_back(text::name_of(kind));
  return names;
}

config::ReadOptions read_options() {
  TokenizerTraining defaults;
  config::Fields fields;
  defaults.describe(fields);
  return {.folders = {}, .keys = all_keys(fields), .translator = {}};
}

}  // namespace

void TokenizerTraining::describe(config::Fields& fields) {
  fields.add("train", kind,
             {.doc = "Kind of the vocabulary.", .is_required = true, .choices = kind_names()});
  fields.add("vocab_size", vocab_size,
             {.doc = "Its size, special tokens included.", .at_least = 1, .at_most = 10000000});
  fields.add("joint", joint, {.doc = "Whether both sides of the training text are read."});
  fields.add(
      "class", model_class,
      {.doc = "Kind of model whose special tokens it has; not set: the usual one of its kind.",
       .example = "\"t5\""});
  fields.add("lowercase", lowercase, {.doc = "Whether text is lower-cased."});
  fields.add("character_coverage", character_coverage,
             {.doc = "Share of the text's characters that must be in a unigram or bpe vocabulary.",
              .above = 0,
              .at_most = 1});
}

void check_tokenizer_training(const std::string& key, config::Document& document) {
  TokenizerTraining training;
  config::Fields fields;
  training.describe(fields);
  document.read_inside(key, fields, read_options());
}

TokenizerTraining read_tokenizer_training(const std::string& key, const std::string& object) {
  TokenizerTraining training;
  config::Fields fields;
  training.describe(fields);
  config::Document document(key, object, {});
  document.read(fields, read_options());
  document.throw_if_wrong();
  return training;
}

text::TokenizerFiles train_vocabulary(const TokenizerTraining& training,
                                      const std::vector<std::string>& files, int num_threads) {
  text::TrainTokenizerOptions options;
  for (const auto kind : kKinds) {
    if (text::name_of(kind) == training.kind) options.kind = kind;
  }
  options.model_class = training.model_class.value_or("");
  options.vocab_size = training.vocab_size;
  options.lowercase = training.lowercase;
  options.character_coverage = training.character_coverage;
  options.num_threads = num_threads;
  text::TrainedTokenizer trained = text::train_tokenizer(files, options);
  if (trained.vocab_size < training.vocab_size) {
    base::log_warning(base::cat("the training text gives a vocabulary of ", trained.vocab_size,
                                " tokens only, not ", training.vocab_size));
  }
  return std::move(trained.files);
}

}  // namespace finetune::run
