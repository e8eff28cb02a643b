#include "text/tokenizer.h"

#include <array>

#include "base/error.h"
#include "base/strings.h"
#include "text/bert_tokenizer.h"
#include "text/tokenizer_config.h"
#include "text/tokenizer_json.h"
#include "text/vocab_folder.h"

namespace finetune::text {
namespace {

namespace fs = std::filesystem;

constexpr std::array kTokenizerFiles = {"tokenizer.json", "tokenizer_config.json",
                                        "special_tokens_map.json", "added_tokens.json",
                                        "vocab.txt"};

/// The file that says what the tokenizer is.
fs::path find_main_file(const fs::path& path) {
  if (!fs::is_directory(path)) return path;
  for (const char* name : {"tokenizer.json", "vocab.txt"}) {
    if (fs::exists(path / name)) return path / name;
  }
  throw CheckpointError(base::cat("no tokenizer in the folder ", base::quote(path.string()),
                                  ": looked for tokenizer.json and vocab.txt"));
}

}  // namespace

void Encoding::clear() {
  ids.clear();
  type_ids.clear();
  offsets.clear();
  special_mask.clear();
  word_ids.clear();
  num_cut = 0;
  overflowing.clear();
}

std::unique_ptr<Tokenizer> load_tokenizer(const fs::path& folder_or_file) {
  const fs::path file = find_main_file(folder_or_file);
  if (!fs::exists(file)) {
    throw CheckpointError(base::cat("no tokenizer at ", base::quote(file.string())));
  }
  if (file.extension() == ".json") {
    // A folder's tokenizer_config.json has the last word over its tokenizer.json.
    const TokenizerConfig config =
        file == folder_or_file ? TokenizerConfig() : TokenizerConfig::read(folder_or_file);
    return read_tokenizer_json(file, config.exists() ? &config : nullptr);
  }
  const BertParts parts = read_vocab_folder(file);
  return with_context(base::cat("reading ", base::quote(file.string())),
                      [&] { return make_bert_tokenizer(parts); });
}

std::vector<std::string> tokenizer_files(const fs::path& folder) {
  std::vector<std::string> names;
  for (const char* name : kTokenizerFiles) {
    if (fs::is_regular_file(folder / name)) names.emplace_back(name);
  }
  return names;
}

}  // namespace finetune::text
