#include "models/load.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/json.h"
#include "base/strings.h"
#include "models/parameters.h"
#include "models/registry.h"
#include "tensors/named_tensors.h"

namespace finetune::models {
namespace {

std::vector<NameRow> rows_of(const NameTable& table, const std::vector<std::string>& theirs) {
  std::vector<NameRow> rows;
  std::copy_if(table.rows.begin(), table.rows.end(), std::back_inserter(rows),
               [&](const NameRow& row) {
                 return std::find(theirs.begin(), theirs.end(), row.theirs) != theirs.end();
               });
  return rows;
}

LoadedClassifier load(const std::filesystem::path& folder, const HeadOptions& head, uint64_t seed,
                      const LoadOptions& options) {
  const std::filesystem::path file = folder / "config.json";
  if (!std::filesystem::is_regular_file(file)) {
    throw CheckpointError("no config.json there; name the folder of a Hugging Face model");
  }
  LoadedClassifier loaded;
  loaded.model = construct_sequence_classifier(base::read_json_file(file), head);
  loaded.report = load_weights(*loaded.model, tensors::read_weights(folder), options);
  initialize(*loaded.model, rows_of(loaded.model->names(), loaded.report.initialized), seed);
  return loaded;
}

}  // namespace

LoadedClassifier load_sequence_classifier(const std::filesystem::path& folder,
                                          const HeadOptions& head, uint64_t seed,
                                          const LoadOptions& options) {
  return with_context(base::cat("loading the model in ", base::quote(folder.string())),
                      [&] { return load(folder, head, seed, options); });
}

}  // namespace finetune::models
