#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>

#include "models/language_model.h"
#include "models/model.h"
#include "models/seq2seq_model.h"

namespace finetune::models {

template <class Kind>
struct Loaded {
  std::unique_ptr<Kind> model;
  LoadReport report;
};
using LoadedClassifier = Loaded<SequenceClassifier>;

/// Builds the model that `<folder>/config.json` describes and fills it with the folder's weights.
/// A head that the files lack (or hold for another number of labels) is drawn from `seed`, the same
/// values that build_sequence_classifier draws. Throws CheckpointError: no such folder or file,
/// an unsupported configuration, weights that do not fit it.
LoadedClassifier load_sequence_classifier(const std::filesystem::path& folder,
                                          const HeadOptions& head, uint64_t seed,
                                          const LoadOptions& options);

/// The same for models that write text.
Loaded<LanguageModel> load_language_model(const std::filesystem::path& folder,
                                          const GeneratorOptions& generator, uint64_t seed,
                                          const LoadOptions& options);
Loaded<Seq2SeqModel> load_seq2seq_model(const std::filesystem::path& folder,
                                        const GeneratorOptions& generator, uint64_t seed,
                                        const LoadOptions& options);

}  // namespace finetune::models
