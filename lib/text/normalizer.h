#pragma once

#include <memory>

#include "text/aligned_text.h"
#include "text/json_node.h"

namespace finetune::text {

/// One normalizer of `tokenizers`, or a sequence of them. Immutable, usable from many threads.
class Normalizer {
 public:
  virtual ~Normalizer() = default;
  virtual void normalize(AlignedText& text) const = 0;
};

/// Reads the "normalizer" section of a tokenizer.json (an object with a "type"). Throws
/// CheckpointError naming the JSON path of anything unknown or malformed.
std::unique_ptr<Normalizer> read_normalizer(const JsonNode& node);

}  // namespace finetune::text
