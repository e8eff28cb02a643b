#include "text/tokenizer.h"

#include <array>

#include "base/error.h"
#include "base/files.h"
#include "base/strings.h"
#include "text/bert_tokenizer.h"
#include "text/length_settings.h"
#include "text/marian_tokenizer.h"
#include "text/sentencepiece_tokenizer.h"
#include "text/slow_folder.h"
#include "text/tokenizer_config.h"
#include "text/tokenizer_json.h"
#include "text/vocab_folder.h"

namespace finetune::text {
namespace {

namespace fs = std::filesystem;

constexpr std::array kTokenizerFiles = {"tokenizer.json",
                                        "tokenizer_config.json",
                                        "special_tokens_map.json",
                                        "added_tokens.json",
                                        "vocab.txt",
                                        "vocab.json",
                                        "merges.txt",
                                        "spiece.model",
                                        "tokenizer.model",
                                        "sentencepiece.bpe.model",
                                        "source.spm",
                                        "target.spm",
                                        "target_vocab.json"};

std::unique_ptr<Tokenizer> read_words(const fs::path& file) {
  const BertParts parts = read_vocab_folder(file);
  return with_context(base::cat("reading ", base::quote(file.string())),
                      [&] { return make_bert_tokenizer(parts); });
}

/// A vocab.txt is read by other classes, too, each in its own way.
bool has_bert_class(const TokenizerConfig& config) {
  const TokenizerClass* known = config.known_class();
  if (known != nullptr) return known->conversion == Conversion::kBert;
  return config.class_name().empty() && config.model_type().empty();
}

/// What the files say about the class, for an error.
std::string describe_class(const TokenizerConfig& config) {
  const std::string& name = config.class_name();
  if (!name.empty()) {
    return base::cat("its class is ", base::quote(name),
                     config.known_class() == nullptr ? ", which is read from a tokenizer.json only"
                                                     : ", whose files are not all there");
  }
  if (config.model_type().empty()) {
    return "tokenizer_config.json and config.json name no class of tokenizer";
  }
  return base::cat("the tokenizer of a model of type ", base::quote(config.model_type()),
                   " is read from a tokenizer.json only");
}

[[noreturn]] void fail_without_files(const fs::path& folder, const TokenizerConfig& config) {
  throw CheckpointError(base::cat("no tokenizer in the folder ", base::quote(folder.string()),
                                  ": looked for tokenizer.json, vocab.txt and the files of slow "
                                  "tokenizers; ",
                                  describe_class(config)));
}

/// As AutoTokenizer of transformers chooses, if it can.
std::unique_ptr<Tokenizer> read_folder(const fs::path& folder, TextSide side) {
  TokenizerConfig config = TokenizerConfig::read(folder);
  const bool has_document = fs::exists(folder / "tokenizer.json");
  if (has_document && config.prefers_slow_files()) {
    return read_slow_folder(folder, std::move(config));
  }
  if (has_document) {
    // A folder's tokenizer_config.json has the last word over its tokenizer.json.
    config.set_class_specials(false);
    return read_tokenizer_json(folder / "tokenizer.json", config.exists() ? &config : nullptr);
  }
  const TokenizerClass* known = config.known_class();
  const bool is_marian = known == nullptr || known->conversion == Conversion::kMarian;
  if (is_marian && is_marian_folder(folder)) {
    return read_marian_folder(folder, std::move(config), side);
  }
  if (is_slow_folder(folder, config)) return read_slow_folder(folder, std::move(config));
  if (fs::exists(folder / "vocab.txt") && has_bert_class(config)) {
    return read_words(folder / "vocab.txt");
  }
  fail_without_files(folder, config);
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

void Tokenizer::sample(std::string_view, const EncodeOptions&, SubwordSampler&, Encoding&) const {
  throw ConfigError(base::cat("this tokenizer (", description(),
                              ") has no random segmentation: switch subword sampling off"));
}

// A pair is two texts: one parameter more than usual. NOLINTNEXTLINE(readability-function-size)
void Tokenizer::sample_pair(std::string_view first, std::string_view, const EncodeOptions& options,
                            SubwordSampler& sampler, Encoding& out) const {
  Tokenizer::sample(first, options, sampler, out);  // throws
}

const LengthSettings& Tokenizer::length_settings() const {
  static const LengthSettings nothing;
  return nothing;
}

std::unique_ptr<Tokenizer> load_tokenizer(const fs::path& folder_or_file, TextSide side) {
  if (!fs::exists(folder_or_file)) {
    throw CheckpointError(base::cat("no tokenizer at ", base::quote(folder_or_file.string())));
  }
  if (fs::is_directory(folder_or_file)) return read_folder(folder_or_file, side);
  if (folder_or_file.extension() == ".json") return read_tokenizer_json(folder_or_file);
  const fs::path kind = folder_or_file.extension();
  if (kind != ".model" && kind != ".spm") return read_words(folder_or_file);
  return with_context(base::cat("reading ", base::quote(folder_or_file.string())), [&] {
    return make_sentencepiece_tokenizer(base::read_file(folder_or_file));
  });
}

std::vector<std::string> tokenizer_files(const fs::path& folder) {
  std::vector<std::string> names;
  for (const char* name : kTokenizerFiles) {
    if (fs::is_regular_file(folder / name)) names.emplace_back(name);
  }
  return names;
}

}  // namespace finetune::text
