#pragma once

#include <string>
#include <vector>

#include "models/encoder/encoder_config.h"
#include "models/name_table.h"

namespace finetune::models {

/// How a family's files spell the tensors of a layer; the defaults are BERT's.
struct LayerSpelling {
  std::string layer = "encoder.layer.{}.";
  std::vector<std::string> query_key_value = {"attention.self.query", "attention.self.key",
                                              "attention.self.value"};
  std::string attention_output = "attention.output.dense";
  std::string attention_norm = "attention.output.LayerNorm";
  std::string inner = "intermediate.dense";
  std::string outer = "output.dense";
  std::string output_norm = "output.LayerNorm";
};

/// How the files of a masked language model spell its head; empty: the family has none.
struct TokenHeadSpelling {
  std::string dense;
  std::string norm;
  std::string bias;  ///< the tensor's whole name
};

/// The half of a family that concerns the names of its tensors.
struct EncoderSpelling {
  std::string prefix;  ///< of the pretrained part: "bert."
  LayerSpelling layers;
  std::string pooler;                        ///< first layer of the head
  std::string classifier;                    ///< last layer of the head
  std::string base_pooler = "pooler.dense";  ///< of the bare encoder, without prefix; may be empty
  TokenHeadSpelling token_head;
  std::vector<std::string> unused_endings;  ///< of tensors in the pretrained part that are not read
};

/// Our parameters of an encoder called `ours` <-> the tensors below `theirs`.
std::vector<NameRow> encoder_rows(const EncoderSpelling& spelling, const EncoderConfig& config,
                                  const std::string& ours, const std::string& theirs);

/// Our parameters of a sequence classifier <-> the tensors of Hugging Face's. The pooler counts as
/// part of the head: encoders are often exported without it.
NameTable encoder_names(const EncoderSpelling& spelling, const EncoderConfig& config);

}  // namespace finetune::models
