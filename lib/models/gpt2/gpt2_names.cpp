#include "models/gpt2/gpt2_names.h"

#include <cmath>

#include "models/name_rows.h"

namespace finetune::models {
namespace {

void add_transposed_linear(std::vector<NameRow>& rows, const std::string& ours,
                           const std::string& theirs) {
  const size_t first = rows.size();
  add_linear(rows, ours, theirs);
  rows[first].is_transposed = true;
}

std::vector<NameRow> row_templates() {
  std::vector<NameRow> rows;
  add_tensor(rows, "decoder.embeddings.words", "transformer.wte.weight");
  add_tensor(rows, "decoder.embeddings.positions", "transformer.wpe.weight");
  const std::string ours = "decoder.layer_{}.";
  const std::string theirs = "transformer.h.{}.";
  add_norm(rows, ours + "attention_norm", theirs + "ln_1");
  add_transposed_linear(rows, ours + "attention.qkv", theirs + "attn.c_attn");
  add_transposed_linear(rows, ours + "attention_output", theirs + "attn.c_proj");
  add_norm(rows, ours + "output_norm", theirs + "ln_2");
  add_transposed_linear(rows, ours + "feed_forward.inner", theirs + "mlp.c_fc");
  add_transposed_linear(rows, ours + "feed_forward.outer", theirs + "mlp.c_proj");
  add_norm(rows, "decoder.final_norm", "transformer.ln_f");
  return rows;
}

/// Matrices that add to the residual stream start smaller, by the number of such additions.
void set_fresh_values(std::vector<NameRow>& rows, const Gpt2Config& config) {
  set_usual_fresh_values(rows, config.initializer_range);
  const double additions = 2.0 * static_cast<double>(config.n_layer);
  for (NameRow& row : rows) {
    if (row.theirs.ends_with(".c_proj.weight")) row.fresh_deviation /= std::sqrt(additions);
  }
}

}  // namespace

NameTable gpt2_names(const Gpt2Config& config) {
  NameTable table;
  table.rows = expand_layers(row_templates(), config.n_layer);
  set_fresh_values(table.rows, config);
  table.prefix = "transformer.";
  table.unused_endings = {".attn.bias", ".attn.masked_bias"};  // the causal mask of old files
  return table;
}

NameTable gpt2_language_names(const Gpt2Config& config) {
  NameTable table = gpt2_names(config);
  if (!config.tie_word_embeddings) {
    add_tensor(table.rows, "head", "lm_head.weight", kHead);
    table.rows.back().fresh_deviation = config.initializer_range;
  }
  return table;
}

NameTable gpt2_classifier_names(const Gpt2Config& config) {
  NameTable table = gpt2_names(config);
  add_tensor(table.rows, "score.weight", "score.weight", kHead);
  table.rows.back().fresh_deviation = config.initializer_range;
  return table;
}

}  // namespace finetune::models
