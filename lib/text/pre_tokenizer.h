#pragma once

#include <memory>
#include <vector>

#include "text/aligned_text.h"
#include "text/json_node.h"

namespace finetune::text {

/// One pre-tokenizer of `tokenizers`, or a sequence of them: cuts pieces into smaller ones, in
/// order, and may rewrite them (ByteLevel, Metaspace). Empty pieces are dropped. Immutable, usable
/// from many threads.
class PreTokenizer {
 public:
  virtual ~PreTokenizer() = default;
  virtual void split(std::vector<AlignedText>& pieces) const = 0;
};

/// Reads the "pre_tokenizer" section of a tokenizer.json. Throws CheckpointError naming the JSON
/// path of anything unknown or malformed.
std::unique_ptr<PreTokenizer> read_pre_tokenizer(const JsonNode& node);

}  // namespace finetune::text
