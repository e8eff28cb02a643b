#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "base/files.h"
#include "data/prepare.h"
#include "models/generation.h"
#include "run/run_config.h"
#include "text/tokenizer.h"

namespace finetune::run {

/// The files of a tokenizer by name, read when it was loaded: a checkpoint that a run goes on from
/// is gone by the time that its next ones are written.
using TokenizerFiles = std::map<std::string, std::string>;

/// The tokenizers of a model and the files they came from. A model that reads and writes the same
/// vocabulary, or only reads, has one: `target` is then `source`.
struct Tokenizers {
  std::shared_ptr<const text::Tokenizer> source;
  std::shared_ptr<const text::Tokenizer> target;
  TokenizerFiles source_files;
  TokenizerFiles target_files;  ///< the same as source_files, or of its own

  bool is_shared() const { return source == target; }
  data::Tokenizers for_data() const { return {*source, *target}; }
};

/// Subfolder of a model folder with the target's tokenizer, where it has its own.
inline constexpr const char* kTargetTokenizerName = "target_tokenizer";

/// Subfolder of a run with the tokenizers that were trained for it.
inline constexpr const char* kTrainedTokenizerName = "tokenizer";

/// Those of a model folder that we wrote, or any Hugging Face folder.
Tokenizers load_tokenizers(const std::filesystem::path& model_folder);

/// Those that the config asks for. What it says to train is trained now and kept in the run folder;
/// a run that goes on from `checkpoint` has the tokenizers of that.
Tokenizers build_tokenizers(const RunConfig& config,
                            const std::optional<std::filesystem::path>& checkpoint,
                            int num_threads);

/// The ids of the special tokens that begin, end and fill up a target text.
models::SpecialIds special_ids(const Tokenizers& tokenizers);

/// Adds to the config.json of a model that starts from random weights what follows from its
/// tokenizers, where it is not given: sizes of vocabularies and ids of special tokens.
void add_vocabulary(nlohmann::json& model_config, const Tokenizers& tokenizers);

/// Writes their files into a model folder, each synced.
void write_tokenizers(base::Fs& files, const std::filesystem::path& folder,
                      const Tokenizers& tokenizers);

}  // namespace finetune::run
