#pragma once

#include "text/json_node.h"
#include "text/post_processor.h"

namespace finetune::text {

/// Reads the "post_processor" section of a tokenizer.json. Throws CheckpointError naming the JSON
/// path of anything unknown or malformed.
PostProcessor read_post_processor(const JsonNode& node);

}  // namespace finetune::text
