#include "models/bart/bart_names.h"

#include "models/name_rows.h"

namespace finetune::models {
namespace {

void add_layer(std::vector<NameRow>& rows, const std::string& ours, const std::string& theirs,
               bool has_cross_attention) {
  const std::string self = theirs + "self_attn";
  add_fused_linear(rows, ours + "attention.qkv",
                   {self + ".q_proj", self + ".k_proj", self + ".v_proj"});
  add_linear(rows, ours + "attention_output", self + ".out_proj");
  add_norm(rows, ours + "attention_norm", self + "_layer_norm");
  if (has_cross_attention) {
    const std::string cross = theirs + "encoder_attn";
    add_linear(rows, ours + "cross_attention.q", cross + ".q_proj");
    add_fused_linear(rows, ours + "cross_attention.kv", {cross + ".k_proj", cross + ".v_proj"});
    add_linear(rows, ours + "cross_output", cross + ".out_proj");
    add_norm(rows, ours + "cross_norm", cross + "_layer_norm");
  }
  add_linear(rows, ours + "feed_forward.inner", theirs + "fc1");
  add_linear(rows, ours + "feed_forward.outer", theirs + "fc2");
  add_norm(rows, ours + "output_norm", theirs + "final_layer_norm");
}

/// Encoder or decoder, called `name` on both sides.
std::vector<NameRow> stack_rows(const BartConfig& config, const std::string& name) {
  const bool is_decoder = name == "decoder";
  const std::string ours = name + ".";
  const std::string theirs = "model." + name + ".";
  std::vector<NameRow> rows;
  if (!config.shares_embeddings) {
    add_tensor(rows, ours + "embeddings.words", theirs + "embed_tokens.weight");
  }
  if (!config.family->has_sinusoids) {
    add_tensor(rows, ours + "embeddings.positions", theirs + "embed_positions.weight");
  }
  if (config.family->has_embedding_norm) {
    add_norm(rows, ours + "embeddings.norm", theirs + "layernorm_embedding");
  }
  add_layer(rows, ours + "layer_{}.", theirs + "layers.{}.", is_decoder);
  if (config.family->norms_before) add_norm(rows, ours + "final_norm", theirs + "layer_norm");
  return expand_layers(rows, is_decoder ? config.decoder.layers : config.encoder.layers);
}

/// Names of the one word table (or of the decoder's) under which other files hold it, too.
std::vector<std::pair<std::string, std::string>> copies(const BartConfig& config) {
  const std::string shared = "model.shared.weight";
  const std::string decoder = "model.decoder.embed_tokens.weight";
  std::vector<std::pair<std::string, std::string>> out;
  if (config.shares_embeddings) {
    out.emplace_back("model.encoder.embed_tokens.weight", shared);
    out.emplace_back(decoder, shared);
  }
  if (config.tie_word_embeddings) {
    out.emplace_back("lm_head.weight", config.shares_embeddings ? shared : decoder);
  }
  return out;
}

}  // namespace

NameTable bart_names(const BartConfig& config) {
  NameTable table;
  if (config.shares_embeddings) add_tensor(table.rows, "shared", "model.shared.weight");
  for (const char* name : {"encoder", "decoder"}) {
    const std::vector<NameRow> rows = stack_rows(config, name);
    table.rows.insert(table.rows.end(), rows.begin(), rows.end());
  }
  if (!config.tie_word_embeddings) add_tensor(table.rows, "head", "lm_head.weight", kHead);
  set_usual_fresh_values(table.rows, config.init_std);
  for (NameRow& row : table.rows) {  // torch's padding_idx
    const bool is_words =
        row.theirs.ends_with("embed_tokens.weight") || row.theirs.ends_with("shared.weight");
    if (is_words) row.fresh_zero_row = *config.ids.pad;
  }
  add_tensor(table.rows, "final_logits_bias", "final_logits_bias");
  table.rows.back().is_buffer = true;
  table.prefix = "model.";
  table.unused_endings = {"coder.version"};
  if (config.family->has_sinusoids) table.unused_endings.emplace_back("embed_positions.weight");
  table.copies = copies(config);
  return table;
}

}  // namespace finetune::models
