#include "models/load.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/json.h"
#include "base/strings.h"
#include "models/hf_config.h"
#include "models/parameters.h"
#include "models/registry.h"
#include "models/special_ids.h"
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

tensors::UnknownDTypes unknown_dtypes(const LoadOptions& options) {
  return options.allow_unused ? tensors::UnknownDTypes::kSkip : tensors::UnknownDTypes::kRefuse;
}

/// `construct` makes the model from its config.json.
template <class Construct>
auto load(const std::filesystem::path& folder, const Construct& construct, uint64_t seed,
          const LoadOptions& options) {
  return with_context(base::cat("loading the model in ", base::quote(folder.string())), [&] {
    const std::filesystem::path file = folder / "config.json";
    if (!std::filesystem::is_regular_file(file)) {
      throw CheckpointError("no config.json there; name the folder of a Hugging Face model");
    }
    const nlohmann::json config = base::read_json_file(file);
    warn_of_code(config);
    auto model = construct(config);
    LoadReport report =
        load_weights(*model, tensors::read_weights(folder, unknown_dtypes(options)), options);
    initialize(*model, rows_of(model->names(), report.initialized), seed);
    return Loaded<typename decltype(model)::element_type>{std::move(model), std::move(report)};
  });
}

}  // namespace

LoadedClassifier load_sequence_classifier(const std::filesystem::path& folder,
                                          const HeadOptions& head, uint64_t seed,
                                          const LoadOptions& options) {
  const auto construct = [&](const nlohmann::json& config) {
    return construct_sequence_classifier(config, head);
  };
  return load(folder, construct, seed, options);
}

Loaded<LanguageModel> load_language_model(const std::filesystem::path& folder,
                                          const GeneratorOptions& generator, uint64_t seed,
                                          const LoadOptions& options) {
  const auto construct = [&](const nlohmann::json& config) {
    auto model = construct_language_model(config, generator);
    warn_of_unknown_ids(config, model->vocab_size(), (folder / "config.json").string());
    return model;
  };
  return load(folder, construct, seed, options);
}

Loaded<Seq2SeqModel> load_seq2seq_model(const std::filesystem::path& folder,
                                        const GeneratorOptions& generator, uint64_t seed,
                                        const LoadOptions& options) {
  const auto construct = [&](const nlohmann::json& config) {
    auto model = construct_seq2seq_model(config, generator);
    warn_of_unknown_ids(config, model->target_vocab_size(), (folder / "config.json").string());
    return model;
  };
  return load(folder, construct, seed, options);
}

}  // namespace finetune::models
