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

/// A folder's tokenizer_config.json has the last word over its tokenizer.json, as in transformers.
void apply_config(const fs::path& folder, BertParts& parts) {
  TokenizerConfig config = TokenizerConfig::read(folder);
  if (!config.exists()) return;
  if (config.is_bert_class()) {
    const bool clean_text = parts.normalizer.clean_text;
    parts.normalizer = config.normalizer();
    parts.normalizer.clean_text = clean_text;
  }
  if (const auto pad = config.special("pad_token")) parts.pad_token = *pad;
  config.add_tokens(parts.added_tokens);
}

}  // namespace

void Encoding::clear() {
  ids.clear();
  type_ids.clear();
  offsets.clear();
  special_mask.clear();
  num_cut = 0;
}

std::unique_ptr<Tokenizer> load_tokenizer(const fs::path& folder_or_file) {
  const fs::path file = find_main_file(folder_or_file);
  if (!fs::exists(file)) {
    throw CheckpointError(base::cat("no tokenizer at ", base::quote(file.string())));
  }
  BertParts parts =
      file.extension() == ".json" ? read_tokenizer_json(file) : read_vocab_folder(file);
  const bool is_folder = file != folder_or_file;
  if (is_folder && file.extension() == ".json") apply_config(folder_or_file, parts);
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
