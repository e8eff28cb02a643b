#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json_fwd.hpp>

#include "kernels/ops.h"
#include "models/model.h"

namespace finetune::models {

/// What a BERT sequence classifier computes with; defaults are those of Hugging Face's BertConfig.
struct BertConfig {
  int64_t vocab_size = 30522;
  int64_t hidden_size = 768;
  int64_t num_hidden_layers = 12;
  int64_t num_attention_heads = 12;
  int64_t intermediate_size = 3072;
  int64_t max_position_embeddings = 512;
  int64_t type_vocab_size = 2;
  kernels::Activation hidden_act = kernels::Activation::kGelu;
  double hidden_dropout = 0.1;
  double attention_dropout = 0.1;
  double classifier_dropout = 0.1;
  double layer_norm_eps = 1e-12;
  double initializer_range = 0.02;
  HeadOptions head;
  std::shared_ptr<const nlohmann::json> source;  ///< the config.json it was read from
};

/// Reads and checks a config.json. Throws CheckpointError with everything that is wrong with it.
BertConfig read_bert_config(const nlohmann::json& config, const HeadOptions& head);

/// The config.json of an export: the keys of the source, and the arithmetic as built.
nlohmann::json export_bert_config(const BertConfig& config);

/// Parameters of the classifier: exact as long as a double counts exactly.
double count_parameters(const BertConfig& config);

}  // namespace finetune::models
