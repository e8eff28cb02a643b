#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>

#include "models/model.h"

namespace finetune::models {

struct LoadedClassifier {
  std::unique_ptr<SequenceClassifier> model;
  LoadReport report;
};

/// Builds the model that `<folder>/config.json` describes and fills it with the folder's weights.
/// A head that the files lack (or hold for another number of labels) is drawn from `seed`, the same
/// values that build_sequence_classifier draws. Throws CheckpointError: no such folder or file,
/// an unsupported configuration, weights that do not fit it.
LoadedClassifier load_sequence_classifier(const std::filesystem::path& folder,
                                          const HeadOptions& head, uint64_t seed,
                                          const LoadOptions& options);

}  // namespace finetune::models
