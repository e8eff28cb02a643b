#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>

#include "models/language_model.h"
#include "models/model.h"
#include "models/seq2seq_model.h"

/// The build_... functions without the initialisation: the parameters hold no values yet, so that a
/// pretrained model does not pay for drawing what it is about to load.
namespace finetune::models {

std::unique_ptr<SequenceClassifier> construct_sequence_classifier(const nlohmann::json& config,
                                                                  const HeadOptions& head);
std::unique_ptr<LanguageModel> construct_language_model(const nlohmann::json& config,
                                                        const GeneratorOptions& options);
std::unique_ptr<Seq2SeqModel> construct_seq2seq_model(const nlohmann::json& config,
                                                      const GeneratorOptions& options);

/// True when the config's model_type is one that load_language_model can load.
bool is_language_model(const nlohmann::json& config);

/// True when it is one that load_seq2seq_model can load.
bool is_seq2seq_model(const nlohmann::json& config);

}  // namespace finetune::models
