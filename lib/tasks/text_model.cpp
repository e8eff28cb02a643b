#include "tasks/text_model.h"

#include <algorithm>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "models/registry.h"

namespace finetune::tasks {

using nlohmann::json;

namespace {

std::optional<int64_t> end_of_text(const models::SpecialIds& ids) {
  return ids.eos.empty() ? std::nullopt : std::optional(ids.eos.front());
}

}  // namespace

BuiltModel build_language_model(const ModelSource& source) {
  const models::GeneratorOptions generator{source.dropout};
  if (!source.folder)
    return {models::build_language_model(source.config, generator, source.seed), {}};
  auto loaded = models::load_language_model(*source.folder, generator, source.seed, source.load);
  return {std::move(loaded.model), std::move(loaded.report)};
}

BuiltModel build_seq2seq_model(const ModelSource& source) {
  const models::GeneratorOptions generator{source.dropout};
  if (source.warm_start != nullptr) {
    auto started = models::start_encoder_decoder(*source.warm_start, generator, source.seed);
    return {std::move(started.model), std::move(started.report)};
  }
  if (!source.folder)
    return {models::build_seq2seq_model(source.config, generator, source.seed), {}};
  auto loaded = models::load_seq2seq_model(*source.folder, generator, source.seed, source.load);
  return {std::move(loaded.model), std::move(loaded.report)};
}

ModelLimits limits_of_language_model(const json& model_config) {
  const auto model = models::construct_language_model(model_config, {});
  const models::SpecialIds ids = model->special_ids();
  return {model->max_length(), model->max_length(), std::nullopt, end_of_text(ids), ids,
          model->vocab_size()};
}

ModelLimits limits_of_seq2seq_model(const json& model_config) {
  const auto model = models::construct_seq2seq_model(model_config, {});
  const models::SpecialIds ids = model->special_ids();
  return {model->max_length(),
          model->max_target_length(),
          ids.decoder_start,
          end_of_text(ids),
          ids,
          model->target_vocab_size()};
}

bool has_architecture(const json& model_config, std::initializer_list<const char*> endings) {
  const json names = model_config.value("architectures", json::array());
  return std::ranges::any_of(names, [&](const json& name) {
    return name.is_string() && std::ranges::any_of(endings, [&](const char* ending) {
             return name.get_ref<const std::string&>().ends_with(ending);
           });
  });
}

}  // namespace finetune::tasks
