#pragma once

#include <map>
#include <string>
#include <vector>

#include "models/name_table.h"
#include "tensors/named_tensors.h"

namespace finetune::models {

/// The tensors of a checkpoint sorted by what a model's name table makes of them.
struct CheckpointNames {
  std::map<std::string, const tensors::TensorView*, std::less<>>
      found;                            ///< under the names of the table
  std::vector<std::string> ignored;     ///< buffers, and heads of other tasks
  std::vector<std::string> unexpected;  ///< inside the pretrained part but unknown to the table
  std::vector<std::string> ambiguous;   ///< a second tensor for a name that has one
};

/// Matches names as old and new files spell them: with old endings, and without the prefix where
/// the whole file lacks it (a bare encoder). The result points into `weights`.
CheckpointNames match_names(const NameTable& table, const tensors::NamedTensors& weights);

}  // namespace finetune::models
