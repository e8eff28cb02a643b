#include "run/model_parts.h"

#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "base/error.h"
#include "base/json.h"
#include "base/strings.h"
#include "models/encoder_decoder/encoder_decoder_config.h"

namespace finetune::run {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

models::PretrainedPart part_of(const config::PathOrObject& choice, const std::string& key,
                               int64_t vocab_size) {
  models::PretrainedPart part;
  if (choice.object.empty()) {
    part.folder = choice.path;
    return part;
  }
  json config = base::parse_json(choice.object, key);
  if (!config.contains("vocab_size")) config["vocab_size"] = vocab_size;
  part.config = std::make_shared<const json>(std::move(config));
  return part;
}

json config_of_part(const models::PretrainedPart& part) {
  return part.config ? *part.config : base::read_json_file(part.folder / "config.json");
}

void check_folder(const char* key, const fs::path& folder) {
  if (fs::is_directory(folder)) return;
  throw CheckpointError(base::cat(key, ": ", base::quote(folder.string(), 1000),
                                  fs::exists(folder) ? " is no folder" : " does not exist",
                                  "; name the folder of a Hugging Face model"));
}

}  // namespace

models::WarmStart build_warm_start(const RunConfig& config, const Tokenizers& tokenizers) {
  models::WarmStart start;
  start.encoder = part_of(*config.model.encoder, "model.encoder", tokenizers.source->vocab_size());
  start.decoder = part_of(*config.model.decoder, "model.decoder", tokenizers.target->vocab_size());
  start.ids = special_ids(tokenizers);
  start.ties_stacks = config.model.tie_encoder_decoder;
  return start;
}

json config_of(const models::WarmStart& start) {
  return models::join_configs(config_of_part(start.encoder), config_of_part(start.decoder),
                              start.ids, start.ties_stacks);
}

void check_model_folders(const ModelSection& model) {
  if (model.path) check_folder("model.path", *model.path);
  for (const auto& [key, part] :
       {std::pair{"model.encoder", &model.encoder}, {"model.decoder", &model.decoder}}) {
    if (*part && (*part)->object.empty()) check_folder(key, (*part)->path);
  }
}

tasks::ModelLimits model_limits(const RunConfig& config, const json& model_config) {
  try {
    return config.task.chosen().limits(model_config);
  } catch (CheckpointError& error) {
    if (!config.model.path && !config.model.encoder)
      throw ConfigError("model.type and model.config: " + error.chain().front());
    const fs::path folder = config.model.path.value_or(fs::path());
    if (config.model.path)
      error.add_context("reading " + base::quote((folder / "config.json").string()));
    throw;
  }
}

}  // namespace finetune::run
