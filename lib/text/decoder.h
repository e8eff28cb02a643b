#pragma once

#include <memory>
#include <string>
#include <vector>

#include "text/json_node.h"

namespace finetune::text {

/// One decoder of `tokenizers`, or a sequence of them: rewrites the list of token strings whose
/// concatenation is the text. Immutable, usable from many threads.
class Decoder {
 public:
  virtual ~Decoder() = default;
  virtual void decode(std::vector<std::string>& tokens) const = 0;
};

/// Reads the "decoder" section of a tokenizer.json. Throws CheckpointError naming the JSON path of
/// anything unknown or malformed.
std::unique_ptr<Decoder> read_decoder(const JsonNode& node);

}  // namespace finetune::text
