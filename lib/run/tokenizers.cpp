#include "run/tokenizers.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/json.h"
#include "base/log.h"
#include "base/strings.h"
#include "data/example_reader.h"
#include "models/registry.h"
#include "run/build.h"
#include "run/tokenizer_training.h"
#include "train/stop_signal.h"

namespace finetune::run {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

constexpr const char* kSourceTextName = "source.txt.tmp";
constexpr const char* kTargetTextName = "target.txt.tmp";

TokenizerFiles read_tokenizer_files(const fs::path& source) {
  const bool is_folder = fs::is_directory(source);
  const fs::path from = is_folder ? source : source.parent_path();
  const std::vector<std::string> names = is_folder
                                             ? text::tokenizer_files(source)
                                             : std::vector<std::string>{source.filename().string()};
  TokenizerFiles files;
  for (const std::string& name : names) files[name] = base::read_file(from / name);
  return files;
}

void write_tokenizer(base::Fs& fs, const fs::path& folder, const TokenizerFiles& files) {
  for (const auto& [name, content] : files) base::write_file_synced(fs, folder / name, content);
}

void load_source(const fs::path& from, Tokenizers& tokenizers) {
  tokenizers.source = text::load_tokenizer(from);
  tokenizers.source_files = read_tokenizer_files(from);
  tokenizers.target = tokenizers.source;
  tokenizers.target_files = tokenizers.source_files;
}

void load_target(const fs::path& from, Tokenizers& tokenizers) {
  tokenizers.target = text::load_tokenizer(from);
  tokenizers.target_files = read_tokenizer_files(from);
}

void write_line(base::OutputFile& file, const std::string& text) {
  file.write(std::as_bytes(std::span(text)));
  file.write(std::as_bytes(std::span("\n", 1)));
}

/// The texts of the training data as plain files in `folder`, one for each side.
void write_training_texts(const RunConfig& config, const fs::path& folder) {
  if (config.data.train.file == "-") {
    throw ConfigError(
        "a tokenizer cannot be trained on data from standard input, which is read only once; give "
        "a file, or train one first with 'finetune train-tokenizer'");
  }
  data::ReadOptions read = build_read_options(config);
  read.target_path = config.data.train.target.string();
  if (read.on_bad_row == data::BadRowPolicy::kQuarantine)
    read.on_bad_row = data::BadRowPolicy::kSkip;
  read.logs_bad_rows = false;  // dealt with when the data is prepared
  data::BadRows bad_rows(config.data.train.file.string(), "train", read);
  data::ExampleReader reader(config.data.train.file.string(), read, bad_rows);
  const auto source = base::posix_fs().create(folder / kSourceTextName);
  const auto target = base::posix_fs().create(folder / kTargetTextName);
  for (data::Example example; reader.next(example);) {
    train::StopSignal::poll();
    write_line(*source, example.text);
    if (!example.text_pair.empty()) write_line(*source, example.text_pair);
    if (!example.target.empty()) write_line(*target, example.target);
  }
  source->close();
  target->close();
}

/// Removes those files at its end, whatever ends it.
class TextRemover {
 public:
  explicit TextRemover(fs::path folder) : folder_(std::move(folder)) {}
  ~TextRemover() {
    std::error_code ignored;
    for (const char* name : {kSourceTextName, kTargetTextName}) fs::remove(folder_ / name, ignored);
  }
  TextRemover(const TextRemover&) = delete;
  TextRemover& operator=(const TextRemover&) = delete;

 private:
  fs::path folder_;
};

/// Trains what the config says at `key` into `folder`.
struct Side {
  std::string key;
  config::PathOrObject choice;
  const char* own_text;
  bool is_joint;
};

void train_side(const Side& side, const fs::path& texts, const fs::path& folder, int num_threads) {
  const TokenizerTraining training = read_tokenizer_training(side.key, side.choice.object);
  const std::vector<std::string> both = {(texts / kSourceTextName).string(),
                                         (texts / kTargetTextName).string()};
  std::vector<std::string> files = {(texts / side.own_text).string()};
  if (side.is_joint || training.joint) files = both;
  std::erase_if(files, [](const std::string& file) { return fs::file_size(file) == 0; });
  const train::EndAtFirstSignal ends(both);
  base::log_info(base::cat("training a tokenizer (", side.key, ")"));
  for (const auto& [name, content] : train_vocabulary(training, files, num_threads))
    base::write_file_synced(base::posix_fs(), folder / name, content);
}

/// Where the tokenizer of a side is: as given, or trained now.
fs::path resolve(const Side& side, const fs::path& texts, const fs::path& folder, int num_threads) {
  if (side.choice.object.empty()) return side.choice.path;
  fs::create_directories(folder);
  with_context("training " + side.key, [&] { train_side(side, texts, folder, num_threads); });
  return folder;
}

/// The string or {"content": ...} that tokenizer_config.json has for a special token.
std::optional<int32_t> special_id(const Tokenizers& tokenizers, const char* role) {
  const auto file = tokenizers.target_files.find("tokenizer_config.json");
  if (file == tokenizers.target_files.end()) return std::nullopt;
  const json settings = base::parse_json(file->second, file->first);
  json token = settings.is_object() ? settings.value(role, json()) : json();
  if (token.is_object()) token = token.value("content", json());
  if (!token.is_string()) return std::nullopt;
  return tokenizers.target->id_of(token.get<std::string>());
}

void set_id(json& model_config, const char* key, const std::optional<int64_t>& id) {
  if (id && !model_config.contains(key)) model_config[key] = *id;
}

/// Those of the two models that an encoder-decoder is made of.
Tokenizers load_pair(const fs::path& encoder, const fs::path& decoder) {
  Tokenizers tokenizers = load_tokenizers(encoder);
  std::error_code ignored;
  if (fs::equivalent(encoder, decoder, ignored)) return tokenizers;
  Tokenizers pair = tokenizers;
  load_target(decoder, pair);
  return pair.target->fingerprint() == tokenizers.source->fingerprint() ? tokenizers : pair;
}

}  // namespace

Tokenizers load_tokenizers(const fs::path& model_folder) {
  Tokenizers tokenizers;
  load_source(model_folder, tokenizers);
  const fs::path own = model_folder / kTargetTokenizerName;
  if (fs::is_directory(own)) load_target(own, tokenizers);
  return tokenizers;
}

Tokenizers build_tokenizers(const RunConfig& config, const std::optional<fs::path>& checkpoint,
                            int num_threads) {
  if (checkpoint) return load_tokenizers(*checkpoint);
  const ModelSection& model = config.model;
  if (!model.tokenizer && !model.source_tokenizer) {
    if (model.path) return load_tokenizers(*model.path);
    if (model.encoder && model.encoder->object.empty() && model.decoder->object.empty())
      return load_pair(model.encoder->path, model.decoder->path);
    throw ConfigError(
        "model.tokenizer is missing: a model that starts from random weights needs a tokenizer "
        "folder, or one to be trained: {\"train\": \"unigram\", \"vocab_size\": 8000}");
  }
  const bool is_shared = model.tokenizer.has_value();
  const Side source{is_shared ? "model.tokenizer" : "model.source_tokenizer",
                    is_shared ? *model.tokenizer : *model.source_tokenizer, kSourceTextName,
                    is_shared};
  const fs::path folder = config.output_dir / kTrainedTokenizerName;
  const bool is_trained =
      !source.choice.object.empty() || (!is_shared && !model.target_tokenizer->object.empty());
  const TextRemover remover(folder);
  if (is_trained) {
    fs::remove_all(folder);  // of an earlier start that saved nothing
    fs::create_directories(folder);
    write_training_texts(config, folder);
  }
  Tokenizers tokenizers;
  load_source(resolve(source, folder, folder / "source", num_threads), tokenizers);
  if (!is_shared) {
    const Side target{"model.target_tokenizer", *model.target_tokenizer, kTargetTextName, false};
    load_target(resolve(target, folder, folder / "target", num_threads), tokenizers);
  }
  return tokenizers;
}

models::SpecialIds special_ids(const Tokenizers& tokenizers) {
  const auto first_of = [&](const char* role, const char* other) -> std::optional<int64_t> {
    const auto id = special_id(tokenizers, role);
    return id ? id : special_id(tokenizers, other);
  };
  models::SpecialIds ids;
  ids.pad = tokenizers.target->pad_id();
  ids.bos = first_of("bos_token", "cls_token");
  if (const auto end = first_of("eos_token", "sep_token")) ids.eos = {*end};
  ids.decoder_start = first_of("cls_token", "pad_token");
  if (!ids.decoder_start) ids.decoder_start = ids.bos;
  return ids;
}

void add_vocabulary(json& model_config, const Tokenizers& tokenizers) {
  if (!model_config.contains("vocab_size"))
    model_config["vocab_size"] = tokenizers.source->vocab_size();
  if (!tokenizers.is_shared() && !model_config.contains("decoder_vocab_size")) {
    model_config["decoder_vocab_size"] = tokenizers.target->vocab_size();
    model_config["share_encoder_decoder_embeddings"] = false;
  }
  const models::SpecialIds ids = special_ids(tokenizers);
  set_id(model_config, "pad_token_id", ids.pad);
  set_id(model_config, "bos_token_id", ids.bos);
  if (!ids.eos.empty()) set_id(model_config, "eos_token_id", ids.eos.front());
  set_id(model_config, "decoder_start_token_id", ids.pad ? ids.pad : ids.decoder_start);
  // Families of encoder-decoders that force an end have another vocabulary's id for it.
  const json end = model_config.value("eos_token_id", json());
  if (end.is_number_integer() && models::is_seq2seq_model(model_config))
    set_id(model_config, "forced_eos_token_id", end.get<int64_t>());
}

void write_tokenizers(base::Fs& files, const fs::path& folder, const Tokenizers& tokenizers) {
  write_tokenizer(files, folder, tokenizers.source_files);
  if (tokenizers.is_shared()) return;
  const fs::path own = folder / kTargetTokenizerName;
  files.make_directory(own);
  write_tokenizer(files, own, tokenizers.target_files);
  files.sync_directory(own);
}

}  // namespace finetune::run
