#pragma once

#include "text/bert_normalizer.h"
#include "text/bert_tokenizer.h"
#include "text/json_node.h"

namespace finetune::text {

/// Reads a BertNormalizer.
BertNormalizerOptions read_bert_normalizer(const JsonNode& node);

/// The sections of a tokenizer.json have the shape of BERT (BertNormalizer or none,
/// BertPreTokenizer, WordPiece, a template, WordPiece decoder or none): bert_tokenizer.h does it
/// faster than the general pipeline.
bool is_bert_shape(const JsonNode& root);

/// The sections normalizer, model (without the vocabulary), post_processor and decoder of such a
/// file. Throws CheckpointError naming the JSON path.
BertParts read_bert_sections(const JsonNode& root);

}  // namespace finetune::text
