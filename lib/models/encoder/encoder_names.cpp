#include "models/encoder/encoder_names.h"

#include "models/name_rows.h"

namespace finetune::models {
namespace {

void add_embeddings(std::vector<NameRow>& rows, const EncoderConfig& config,
                    const std::string& ours, const std::string& theirs) {
  add_tensor(rows, ours + "words", theirs + "word_embeddings.weight");
  add_tensor(rows, ours + "positions", theirs + "position_embeddings.weight");
  if (config.type_vocab_size > 0) {
    add_tensor(rows, ours + "segments", theirs + "token_type_embeddings.weight");
  }
  add_norm(rows, ours + "norm", theirs + "LayerNorm");
}

void add_layer(std::vector<NameRow>& rows, const LayerSpelling& spelling, const std::string& ours,
               const std::string& theirs) {
  std::vector<std::string> parts;
  for (const std::string& part : spelling.query_key_value) parts.push_back(theirs + part);
  add_fused_linear(rows, ours + "attention.qkv", parts);
  add_linear(rows, ours + "attention_output", theirs + spelling.attention_output);
  add_norm(rows, ours + "attention_norm", theirs + spelling.attention_norm);
  add_linear(rows, ours + "feed_forward.inner", theirs + spelling.inner);
  add_linear(rows, ours + "feed_forward.outer", theirs + spelling.outer);
  add_norm(rows, ours + "output_norm", theirs + spelling.output_norm);
}

}  // namespace

std::vector<NameRow> encoder_rows(const EncoderSpelling& spelling, const EncoderConfig& config,
                                  const std::string& ours, const std::string& theirs) {
  std::vector<NameRow> rows;
  add_embeddings(rows, config, ours + "embeddings.", theirs + "embeddings.");
  if (config.embedding_size != config.hidden_size) {
    add_linear(rows, ours + "projection", theirs + "embeddings_project");
  }
  add_layer(rows, spelling.layers, ours + "layer_{}.", theirs + spelling.layers.layer);
  return expand_layers(rows, config.num_hidden_layers);
}

NameTable encoder_names(const EncoderSpelling& spelling, const EncoderConfig& config) {
  NameTable table;
  table.rows = encoder_rows(spelling, config, "encoder.", spelling.prefix);
  add_linear(table.rows, "head.pooler", spelling.pooler, kHead);
  add_linear(table.rows, "head.classifier", spelling.classifier, kHead);
  set_usual_fresh_values(table.rows, config.initializer_range);
  for (NameRow& row : table.rows) {
    row.has_fresh_sines = config.has_fresh_sines && row.ours == "encoder.embeddings.positions";
    if (row.ours == "encoder.embeddings.words") row.fresh_zero_row = config.padding.value_or(-1);
  }
  table.prefix = spelling.prefix;
  table.old_endings = {{"LayerNorm.gamma", "LayerNorm.weight"},
                       {"LayerNorm.beta", "LayerNorm.bias"}};
  table.unused_endings = spelling.unused_endings;
  table.unused_endings.insert(table.unused_endings.end(),
                              {"embeddings.position_ids", "embeddings.token_type_ids"});
  return table;
}

}  // namespace finetune::models
