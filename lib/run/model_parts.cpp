#include "run/model_parts.h"

#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "base/json.h"
#include "models/encoder_decoder/encoder_decoder_config.h"

namespace finetune::run {

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

}  // namespace finetune::run
