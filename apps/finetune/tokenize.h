#pragma once

#include <cstdint>
#include <filesystem>

namespace finetune::apps {

struct TokenizeArguments {
  std::filesystem::path tokenizer{};  ///< a folder or file of a tokenizer
  /// What is printed of each line, as columns separated by tabs; none of them: a JSON object.
  bool prints_ids = false;
  bool prints_tokens = false;
  bool prints_offsets = false;
  bool decodes = false;    ///< reads ids, prints text
  bool has_pairs = false;  ///< lines hold two texts, separated by a tab
  bool is_json = false;    ///< texts are JSON strings (or pairs of them), which may hold line ends
  bool adds_special_tokens = true;
  int32_t max_length = 0;  ///< 0: no limit
  int threads = 0;         ///< 0: the processors this process may use
};

/// finetune tokenize TOKENIZER < lines. A tokenizer.json given as a file cuts and pads as it says,
/// unless max_length is given: so does `tokenizers`; a folder's is read as transformers reads it.
/// Plain lines that are not UTF-8 or hold a NUL are answered
/// (ill-formed bytes as U+FFFD), with a warning at the end that counts them.
int run_tokenize(const TokenizeArguments& arguments);

}  // namespace finetune::apps
