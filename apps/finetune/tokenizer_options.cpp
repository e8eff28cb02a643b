#include "tokenizer_options.h"

#include "common_options.h"

namespace finetune::apps {

const char* const kTokenizeExamples =
    "  finetune tokenize models/minilm < lines.txt\n"
    "  finetune tokenize tokenizer.json --ids --no-special < lines.txt\n"
    "  finetune tokenize models/minilm --decode < ids.txt";

const char* const kTrainTokenizerExamples =
    "  finetune train-tokenizer --type unigram --vocab-size 8000 --output tokenizer train.de\n"
    "  finetune train-tokenizer --type wordpiece --lowercase --vocab-size 30000 -o bert a.txt\n"
    "  zcat corpus.gz | finetune train-tokenizer --type byte-bpe --vocab-size 16000 -o gpt2 -";

void add_tokenize_options(CLI::App& command, TokenizeArguments& arguments) {
  command.add_option("tokenizer", arguments.tokenizer, "Tokenizer folder or file")->required();
  command.add_flag("--ids", arguments.prints_ids, "Print ids separated by spaces, not JSON");
  command.add_flag("--tokens", arguments.prints_tokens, "Print tokens (after the ids and a tab)");
  command.add_flag("--offsets", arguments.prints_offsets,
                   "Print offsets in code points (after the rest and a tab)");
  command.add_flag("--pair", arguments.has_pairs, "Lines hold two texts, separated by one tab");
  command.add_flag("--json", arguments.is_json,
                   "Texts are JSON strings (pairs: arrays of two), which may hold line ends");
  command.add_flag("--decode", arguments.decodes, "Read ids, print text");
  command.add_flag("!--no-special", arguments.adds_special_tokens, "Leave special tokens out");
  command.add_option("--max-length", arguments.max_length, "Cut to this many tokens")
      ->check(whole_number(1));
  command.add_option("--threads", arguments.threads, "Default: all processors")
      ->check(whole_number(1));
  command.footer(command.get_footer() +
                 "\nBytes that are not UTF-8 are read as U+FFFD; a warning at the end counts such "
                 "lines and\nthose with a NUL.");
}

void add_train_tokenizer_options(CLI::App& command, TrainTokenizerArguments& arguments) {
  text::TrainTokenizerOptions& options = arguments.options;
  options.num_threads = 0;
  command.add_option("files", arguments.files, "Text files, a text a line; -: stdin")->required();
  add_choice<text::TokenizerKind>(command, "--type", options.kind,
                                  {{"unigram", text::TokenizerKind::kUnigram},
                                   {"bpe", text::TokenizerKind::kSentencePieceBpe},
                                   {"byte-bpe", text::TokenizerKind::kByteBpe},
                                   {"wordpiece", text::TokenizerKind::kWordPiece}})
      ->description("SentencePiece unigram or bpe, byte-bpe, wordpiece")
      ->required();
  command.add_option("--vocab-size", options.vocab_size, "Tokens, special ones included")
      ->required();
  command.add_option("-o,--output", arguments.output, "The folder to write")->required();
  command.add_option("--model-class", options.model_class,
                     "Whose tokenizer it is: t5, xlm-roberta, albert (unigram); llama (bpe); "
                     "gpt2, roberta, bart (byte-bpe); bert, distilbert, electra (wordpiece)");
  command.add_option("--special-tokens", arguments.special_tokens,
                     "Further special tokens, separated by commas");
  command.add_flag("--lowercase", options.lowercase, "Lower-case all text");
  command.add_option("--min-frequency", options.min_frequency,
                     "Least count of a merged pair (byte-bpe, wordpiece; default 2)");
  command.add_option("--limit-alphabet", options.limit_alphabet,
                     "Most characters of a wordpiece vocabulary (default: all)");
  command.add_option("--character-coverage", options.character_coverage,
                     "Share of the text's characters that get a piece (unigram, bpe; default "
                     "0.9995)");
  command.add_option("--threads", options.num_threads, "Default: all processors")
      ->check(whole_number(1));
  command.add_flag("--overwrite", arguments.overwrites, "Replace an earlier tokenizer");
  command.add_flag("--json", arguments.prints_json, "Print one JSON object");
}

}  // namespace finetune::apps
