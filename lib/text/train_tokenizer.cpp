#include "text/train_tokenizer.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "base/error.h"
#include "base/json.h"
#include "base/log.h"
#include "base/strings.h"
#include "text/byte_alphabet.h"
#include "text/pre_token_counts.h"
#include "text/sentencepiece_trainer.h"
#include "text/sentencepiece_writer.h"
#include "text/utf8.h"
#include "text/wordpiece_trainer.h"

namespace finetune::text {

namespace {

constexpr int64_t kMostTokens = 10'000'000;

void check(const std::vector<std::string>& files, const TrainTokenizerOptions& options,
           const TrainedClass& type) {
  if (files.empty()) throw ConfigError("no text files to train a vocabulary on");
  if (std::ranges::count(files, "-") > 1)
    throw ConfigError("standard input ('-') can be read only once");
  if (options.vocab_size < 1 || options.vocab_size > kMostTokens)
    throw ConfigError(
        base::cat("vocabulary size ", options.vocab_size, ": expected 1 to ", kMostTokens));
  std::set<std::string> known(type.specials.begin(), type.specials.end());
  for (const std::string& token : options.special_tokens) {
    if (base::trim(token).empty() || !base::is_valid_utf8(token))
      throw ConfigError(
          base::cat("special token ", base::quote(token), ": expected visible UTF-8"));
    if (!known.insert(token).second)
      throw ConfigError(base::cat("special token ", base::quote(token),
                                  ": is there already (those of the class '", type.name,
                                  "' need not be named)"));
  }
}

WordCounts count_words_of(const std::vector<std::string>& files, const TokenizerSettings& settings,
                          int num_threads) {
  const auto read = [](const std::string& text) {
    return base::parse_json(text, "tokenizer.json");
  };
  const nlohmann::json normalizer_section = read(normalizer_json(settings));
  const nlohmann::json pre_tokenizer_section = read(pre_tokenizer_json(settings));
  const auto normalizer =
      normalizer_section.is_null() ? nullptr : read_normalizer(JsonNode(normalizer_section));
  const auto pre_tokenizer = read_pre_tokenizer(JsonNode(pre_tokenizer_section));
  WordCounts words = count_pre_tokens(files, {normalizer.get(), pre_tokenizer.get()}, num_threads);
  if (words.size() == 0)
    throw DataError("there is no text to train a vocabulary on: no word found");
  return words;
}

BpeTrainerOptions trainer_options(const TrainTokenizerOptions& options,
                                  const TokenizerSettings& settings) {
  BpeTrainerOptions result;
  result.vocab_size = options.vocab_size;
  result.min_frequency = options.min_frequency;
  result.special_tokens = settings.type.specials;
  result.special_tokens.insert(result.special_tokens.end(), options.special_tokens.begin(),
                               options.special_tokens.end());
  result.limit_alphabet = options.limit_alphabet;
  if (options.kind == TokenizerKind::kByteBpe) {
    result.initial_alphabet.assign(byte_alphabet().begin(), byte_alphabet().end());
  } else {
    result.continuing_prefix = "##";
  }
  return result;
}

/// `tokenizers` would give a larger vocabulary than asked for without a word.
void check_size(size_t num_tokens, const TrainTokenizerOptions& options) {
  const auto size = static_cast<int64_t>(num_tokens);
  if (size > options.vocab_size) {
    throw ConfigError(base::cat(
        "a vocabulary of ", options.vocab_size, " tokens has no room for the special tokens and ",
        options.kind == TokenizerKind::kByteBpe ? "the 256 bytes" : "the characters of the text",
        ": at least ", size, " are needed; choose a larger vocabulary size",
        options.kind == TokenizerKind::kWordPiece
            ? " or limit the alphabet (finetune train-tokenizer --limit-alphabet)"
            : ""));
  }
  if (size < options.vocab_size) {
    base::log_warning(base::cat("the text gives only ", size, " of ", options.vocab_size,
                                " tokens: no other pair occurs ", options.min_frequency, " times"));
  }
}

TrainedTokenizer train_on_words(const std::vector<std::string>& files,
                                const TrainTokenizerOptions& options,
                                const TokenizerSettings& settings) {
  const WordCounts words = count_words_of(files, settings, options.num_threads);
  const BpeVocabulary vocabulary = train_bpe(words, trainer_options(options, settings));
  check_size(vocabulary.tokens.size(), options);
  const bool is_wordpiece = options.kind == TokenizerKind::kWordPiece;
  return {is_wordpiece ? wordpiece_files(vocabulary.tokens, settings)
                       : byte_bpe_files(vocabulary, settings),
          std::ssize(vocabulary.tokens)};
}

SentencePieceTrainerOptions sentencepiece_options(const TrainTokenizerOptions& options,
                                                  const TrainedClass& type) {
  SentencePieceTrainerOptions result;
  result.vocab_size = options.vocab_size;
  result.character_coverage = options.character_coverage;
  result.lowercase = options.lowercase;
  result.control_symbols = options.special_tokens;
  if (options.kind == TokenizerKind::kSentencePieceBpe) {
    result.algorithm = SentencePieceTrainerOptions::Algorithm::kBpe;
    result.byte_fallback = true;
    result.keeps_text = true;
  }
  if (type.name ==
      "xlm-roberta") {  // <pad> before </s>, and <mask> at the end, are not in the file
    result.vocab_size -= 2;
    return result;
  }
  const auto special = [&type](const char* role) {
    return SentencePieceTrainerOptions::Special{type.id_of_role(role), type.role(role)};
  };
  result.unknown = special("unk_token");
  for (auto [target, role] : {std::pair{&result.bos, "bos_token"},
                              {&result.eos, "eos_token"},
                              {&result.pad, "pad_token"}}) {
    target->id = type.id_of_role(role);
    if (target->id >= 0) target->text = type.role(role);
  }
  if (type.name == "albert")
    result.control_symbols.insert(result.control_symbols.begin(), "[MASK]");
  return result;
}

TrainedTokenizer train_on_lines(const std::vector<std::string>& files,
                                const TrainTokenizerOptions& options,
                                const TokenizerSettings& settings) {
  const std::string bytes =
      train_sentencepiece(files, sentencepiece_options(options, settings.type));
  const SentencePieceModel model = SentencePieceModel::parse(bytes);
  return {sentencepiece_files(model, bytes, settings), options.vocab_size};
}

}  // namespace

TrainedTokenizer train_tokenizer(const std::vector<std::string>& files,
                                 const TrainTokenizerOptions& options) {
  const TrainedClass& type = find_trained_class(options.model_class, options.kind);
  check(files, options, type);
  const TokenizerSettings settings{type, options.special_tokens, options.lowercase};
  const bool is_sentencepiece =
      options.kind == TokenizerKind::kUnigram || options.kind == TokenizerKind::kSentencePieceBpe;
  return is_sentencepiece ? train_on_lines(files, options, settings)
                          : train_on_words(files, options, settings);
}

}  // namespace finetune::text
