#include "models/registry.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/json.h"
#include "base/strings.h"
#include "models/bart/bart_model.h"
#include "models/bert/bert.h"
#include "models/distilbert/distilbert.h"
#include "models/electra/electra.h"
#include "models/encoder_decoder/encoder_decoder_model.h"
#include "models/gpt2/gpt2_model.h"
#include "models/hf_config.h"
#include "models/parameters.h"
#include "models/roberta/roberta.h"
#include "models/t5/t5_model.h"

namespace finetune::models {
namespace {

using nlohmann::json;

template <class Kind, class Options>
struct Family {
  const char* model_type;  ///< as config.json spells it
  std::unique_ptr<Kind> (*make)(const json& config, const Options& options);
};

// Every model family, by what it can be. A new one is one folder and one line for each.
using Classifier = Family<SequenceClassifier, HeadOptions>;
constexpr std::array kClassifiers = {
    Classifier{"bert", &make_bert_classifier},
    Classifier{"distilbert", &make_distilbert_classifier},
    Classifier{"electra", &make_electra_classifier},
    Classifier{"gpt2", &make_gpt2_classifier},
    Classifier{"roberta", &make_roberta_classifier},
    Classifier{"xlm-roberta", &make_xlm_roberta_classifier},
};

using Language = Family<LanguageModel, GeneratorOptions>;
constexpr std::array kLanguageModels = {
    Language{"gpt2", &make_gpt2_language_model},
};

using Seq2Seq = Family<Seq2SeqModel, GeneratorOptions>;
constexpr std::array kSeq2SeqModels = {
    Seq2Seq{"bart", &make_bart_model},     Seq2Seq{"encoder-decoder", &make_encoder_decoder_model},
    Seq2Seq{"marian", &make_marian_model}, Seq2Seq{"mbart", &make_mbart_model},
    Seq2Seq{"mt5", &make_t5_model},        Seq2Seq{"t5", &make_t5_model},
};

constexpr int64_t kMaxLabels = 1'000'000;

void check_dropout(const std::optional<double>& dropout, std::string_view key) {
  if (!dropout || (*dropout >= 0.0 && *dropout < 1.0)) return;
  throw ConfigError(base::cat("'", key, "' is ", *dropout, ", expected at least 0 and below 1"));
}

void check_head(const HeadOptions& head) {
  if (head.num_labels < 1 || head.num_labels > kMaxLabels) {
    throw ConfigError(
        base::cat("a classifier of ", head.num_labels, " labels, expected 1 to ", kMaxLabels));
  }
  check_dropout(head.dropout, "model.dropout");
  check_dropout(head.classifier_dropout, "model.classifier_dropout");
}

template <class Families>
std::string known_types(const Families& families) {
  std::vector<std::string> types;
  types.reserve(families.size());
  for (const auto& family : families) types.push_back(base::quote(family.model_type));
  return base::join(types, ", ");
}

/// The family that config.json names, built. `purpose` says what the table's models are for.
template <class Families, class Options>
auto construct(const Families& families, std::string_view purpose, const json& config,
               const Options& options) {
  if (!config.is_object()) throw CheckpointError("a model's config.json must hold one JSON object");
  const auto type = config.find("model_type");
  if (type == config.end()) {
    throw CheckpointError(base::cat("config.json has no 'model_type'; add it (supported for ",
                                    purpose, ": ", known_types(families), ")"));
  }
  for (const auto& family : families) {
    if (*type == family.model_type) return family.make(config, options);
  }
  throw CheckpointError(base::cat("config.json: 'model_type' is ",
                                  base::quote(base::dump_json(*type)), ", supported for ", purpose,
                                  " is ", known_types(families)));
}

template <class Families>
bool names_one_of(const Families& families, const json& config) {
  const json type = config.value("model_type", json());
  return std::ranges::any_of(families,
                             [&](const auto& family) { return type == family.model_type; });
}

template <class Kind>
std::unique_ptr<Kind> initialized(std::unique_ptr<Kind> model, uint64_t seed) {
  initialize(*model, model->names().rows, seed);
  return model;
}

}  // namespace

std::unique_ptr<SequenceClassifier> construct_sequence_classifier(const json& config,
                                                                  const HeadOptions& head) {
  check_head(head);
  return construct(kClassifiers, "classification", config, head);
}

std::unique_ptr<LanguageModel> construct_language_model(const json& config,
                                                        const GeneratorOptions& options) {
  check_dropout(options.dropout, "model.dropout");
  return construct(kLanguageModels, "language modelling", config, options);
}

std::unique_ptr<Seq2SeqModel> construct_seq2seq_model(const json& config,
                                                      const GeneratorOptions& options) {
  check_dropout(options.dropout, "model.dropout");
  return construct(kSeq2SeqModels, "translation", config, options);
}

bool is_language_model(const json& config) { return names_one_of(kLanguageModels, config); }

bool is_seq2seq_model(const json& config) { return names_one_of(kSeq2SeqModels, config); }

std::unique_ptr<SequenceClassifier> build_sequence_classifier(const json& config,
                                                              const HeadOptions& head,
                                                              uint64_t seed) {
  warn_of_code(config);
  return initialized(construct_sequence_classifier(config, head), seed);
}

std::unique_ptr<LanguageModel> build_language_model(const json& config,
                                                    const GeneratorOptions& options,
                                                    uint64_t seed) {
  warn_of_code(config);
  return initialized(construct_language_model(config, options), seed);
}

std::unique_ptr<Seq2SeqModel> build_seq2seq_model(const json& config,
                                                  const GeneratorOptions& options, uint64_t seed) {
  warn_of_code(config);
  return initialized(construct_seq2seq_model(config, options), seed);
}

}  // namespace finetune::models
