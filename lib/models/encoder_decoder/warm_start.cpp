#include "models/encoder_decoder/warm_start.h"

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/json.h"
#include "base/strings.h"
#include "models/checkpoint_names.h"
#include "models/encoder_decoder/encoder_decoder_model.h"
#include "models/encoder_decoder/encoder_decoder_names.h"
#include "models/parameters.h"
#include "tensors/named_tensors.h"

namespace finetune::models {
namespace {

using base::cat;
using nlohmann::json;

json config_of(const PretrainedPart& part, const char* name) {
  if (part.config != nullptr) return *part.config;
  if (part.folder.empty()) {
    throw InternalError(cat("the ", name, " of a warm start has neither folder nor config"));
  }
  const std::filesystem::path file = part.folder / "config.json";
  if (!std::filesystem::is_regular_file(file)) {
    throw CheckpointError(cat("no config.json in ", base::quote(part.folder.string()),
                              "; name the folder of a Hugging Face model as the ", name));
  }
  return base::read_json_file(file);
}

/// Adds the tensors of a folder under their names in the whole model.
void add_part(const std::filesystem::path& folder, const NameTable& table,
              tensors::NamedTensors& weights, std::vector<std::string>& ignored) {
  with_context(cat("loading ", base::quote(folder.string())), [&] {
    const tensors::NamedTensors part = tensors::read_weights(folder);
    const CheckpointNames names = match_names(table, part);
    if (!names.unexpected.empty() || !names.ambiguous.empty()) {
      std::vector<std::string> strange = names.unexpected;
      strange.insert(strange.end(), names.ambiguous.begin(), names.ambiguous.end());
      throw CheckpointError(
          cat("tensors that are not part of the model that config.json describes "
              "(",
              strange.size(), "): ", base::join(strange, ", ")));
    }
    for (const NameRow& row : table.rows) {
      const auto found = names.found.find(row.theirs);
      if (found != names.found.end()) weights[row.ours] = *found->second;
    }
    ignored.insert(ignored.end(), names.ignored.begin(), names.ignored.end());
  });
}

}  // namespace

Loaded<Seq2SeqModel> start_encoder_decoder(const WarmStart& start, const GeneratorOptions& options,
                                           uint64_t seed) {
  const json config =
      join_configs(config_of(start.encoder, "encoder"), config_of(start.decoder, "decoder"),
                   start.ids, start.ties_stacks);
  auto model = std::make_unique<EncoderDecoderModel>(read_encoder_decoder_config(config, options));
  initialize(*model, model->names().rows, seed);

  tensors::NamedTensors weights;
  std::vector<std::string> ignored;
  LoadOptions load_options;
  if (start.encoder.folder.empty()) {
    load_options.fresh_prefixes.emplace_back(start.ties_stacks ? "" : "encoder.");
  } else {
    add_part(start.encoder.folder, encoder_part_names(model->parts()), weights, ignored);
  }
  if (start.decoder.folder.empty()) {
    if (!start.ties_stacks) load_options.fresh_prefixes.emplace_back("decoder.");
  } else if (!start.ties_stacks) {
    add_part(start.decoder.folder, decoder_part_names(model->parts()), weights, ignored);
  }
  LoadReport report = load_weights(*model, weights, load_options);
  report.ignored.insert(report.ignored.end(), ignored.begin(), ignored.end());
  return {std::move(model), std::move(report)};
}

}  // namespace finetune::models
