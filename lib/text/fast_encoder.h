#pragma once

#include <memory>

#include "text/json_node.h"
#include "text/segment_encoder.h"
#include "text/token_model.h"

namespace finetune::text {

/// The one place that chooses a faster way through the normalizer, pre-tokenizer and model of a
/// tokenizer.json (`root`), which must give the very same tokens as make_plain_encoder(). Nothing
/// where none is known. `model` outlives the encoder.
std::unique_ptr<SegmentEncoder> make_fast_encoder(const JsonNode& root, const TokenModel& model);

}  // namespace finetune::text
