#include "models/encoder_decoder/encoder_decoder_names.h"

#include <cmath>

#include "models/gpt2/gpt2_names.h"
#include "models/name_rows.h"

namespace finetune::models {
namespace {

void append(std::vector<NameRow>& rows, const std::vector<NameRow>& more) {
  rows.insert(rows.end(), more.begin(), more.end());
}

std::vector<NameRow> with_fresh_values(std::vector<NameRow> rows, const EncoderConfig& config) {
  set_usual_fresh_values(rows, config.initializer_range);
  for (NameRow& row : rows) {
    if (row.ours.ends_with("embeddings.words")) row.fresh_zero_row = config.padding.value_or(-1);
    row.has_fresh_sines = config.has_fresh_sines && row.ours.ends_with("embeddings.positions");
  }
  return rows;
}

/// Cross-attention of a BERT-like layer.
std::vector<NameRow> bert_cross_rows(const EncoderSpelling& spelling, const EncoderConfig& config) {
  std::vector<NameRow> rows;
  const std::string ours = "decoder.layer_{}.";
  const std::string theirs =
      "decoder." + spelling.prefix + spelling.layers.layer + "crossattention.";
  add_linear(rows, ours + "cross_attention.q", theirs + "self.query", kHead);
  add_fused_linear(rows, ours + "cross_attention.kv", {theirs + "self.key", theirs + "self.value"},
                   kHead);
  add_linear(rows, ours + "cross_output", theirs + "output.dense", kHead);
  add_norm(rows, ours + "cross_norm", theirs + "output.LayerNorm", kHead);
  return expand_layers(rows, config.num_hidden_layers);
}

std::vector<NameRow> token_head_rows(const TokenHeadSpelling& spelling, const std::string& prefix) {
  std::vector<NameRow> rows;
  add_linear(rows, "token_head.dense", prefix + spelling.dense, kHead);
  add_norm(rows, "token_head.norm", prefix + spelling.norm, kHead);
  add_tensor(rows, "token_head.bias", prefix + spelling.bias, kHead);
  return rows;
}

std::vector<NameRow> bert_decoder_rows(const EncoderDecoderConfig& config) {
  const EncoderSpelling& spelling = config.decoder.family->names;
  const EncoderConfig& decoder = config.decoder.bert;
  std::vector<NameRow> rows;
  if (!config.ties_stacks) {
    rows = encoder_rows(spelling, decoder, "decoder.", "decoder." + spelling.prefix);
  }
  append(rows, bert_cross_rows(spelling, decoder));
  append(rows, token_head_rows(spelling.token_head, "decoder."));
  return with_fresh_values(rows, decoder);
}

/// GPT-2's "Conv1D" layers are linear ones transposed.
std::vector<NameRow> gpt2_decoder_rows(const Gpt2Config& config) {
  std::vector<NameRow> cross;
  const std::string ours = "decoder.layer_{}.";
  const std::string theirs = "transformer.h.{}.";
  const auto add_transposed = [&](const std::string& name, const std::string& their_name) {
    add_linear(cross, ours + name, theirs + "crossattention." + their_name, kHead);
    cross[cross.size() - 2].is_transposed = true;
  };
  add_norm(cross, ours + "cross_norm", theirs + "ln_cross_attn", kHead);
  add_transposed("cross_attention.q", "q_attn");
  add_transposed("cross_attention.kv", "c_attn");
  add_transposed("cross_output", "c_proj");
  set_usual_fresh_values(cross, config.initializer_range);
  for (NameRow& row : cross) {
    if (row.ours.ends_with("cross_output.weight")) {
      row.fresh_deviation /= std::sqrt(2.0 * static_cast<double>(config.n_layer));
    }
  }
  std::vector<NameRow> rows = gpt2_names(config).rows;
  append(rows, expand_layers(cross, config.n_layer));
  for (NameRow& row : rows) row.theirs.insert(0, "decoder.");
  return rows;
}

/// Where the parameters that the encoder has in any case stand in the files.
std::string encoder_prefix(const EncoderDecoderConfig& config) {
  return config.ties_stacks ? "decoder." + config.encoder_family->names.prefix : "encoder.";
}

/// Fresh as torch's linear layers: uniform between +-1/sqrt(inputs) has this deviation.
void add_projection(std::vector<NameRow>& rows, const EncoderConfig& encoder) {
  add_linear(rows, "source_projection", "enc_to_dec_proj", kHead);
  rows[rows.size() - 2].fresh_deviation =
      1.0 / std::sqrt(3.0 * static_cast<double>(encoder.hidden_size));
}

/// What older files hold twice, and masks.
std::vector<std::string> unused_endings(const EncoderDecoderConfig& config) {
  std::vector<std::string> endings = {
      "embeddings.position_ids", "embeddings.token_type_ids", ".attn.bias",
      ".attn.masked_bias",       "crossattention.bias",       "crossattention.masked_bias"};
  for (const char* name : {"cls.predictions.decoder", "lm_head.decoder", "generator_lm_head"}) {
    for (const char* end : {".weight", ".bias"})
      endings.push_back(std::string("decoder.") + name + end);
  }
  endings.emplace_back("decoder.lm_head.weight");
  if (!config.ties_stacks) return endings;
  for (const NameRow& row :
       encoder_rows(config.encoder_family->names, config.encoder, "encoder.", "encoder.")) {
    endings.push_back(row.theirs);
  }
  return endings;
}

const std::vector<std::pair<std::string, std::string>>& old_endings() {
  static const std::vector<std::pair<std::string, std::string>> endings = {
      {"LayerNorm.gamma", "LayerNorm.weight"}, {"LayerNorm.beta", "LayerNorm.bias"}};
  return endings;
}

/// The rows whose name in the whole begins with `whole`, each from `part` + the rest to that name.
void add_part_rows(std::vector<NameRow>& rows, const NameTable& table, const std::string& whole,
                   const std::string& part) {
  for (const NameRow& row : table.rows) {
    if (row.theirs.starts_with(whole)) {
      add_tensor(rows, row.theirs, part + row.theirs.substr(whole.size()));
    }
  }
}

}  // namespace

NameTable encoder_decoder_names(const EncoderDecoderConfig& config) {
  const EncoderSpelling& spelling = config.encoder_family->names;
  NameTable table;
  std::vector<NameRow> encoder =
      encoder_rows(spelling, config.encoder, "encoder.", encoder_prefix(config));
  if (!spelling.base_pooler.empty()) {
    add_linear(encoder, "pooler", "encoder." + spelling.base_pooler, kHead);
  }
  table.rows = with_fresh_values(encoder, config.encoder);
  append(table.rows, config.decoder.family != nullptr ? bert_decoder_rows(config)
                                                      : gpt2_decoder_rows(config.decoder.gpt2));
  if (config.encoder.hidden_size != config.decoder.width()) {
    add_projection(table.rows, config.encoder);
  }
  table.old_endings = old_endings();
  table.unused_endings = unused_endings(config);
  return table;
}

NameTable encoder_part_names(const EncoderDecoderConfig& config) {
  const EncoderSpelling& spelling = config.encoder_family->names;
  const NameTable whole = encoder_decoder_names(config);
  NameTable table;
  if (config.ties_stacks) {
    // The shared layers stand under the decoder's names, cross-attention and head among them.
    for (const NameRow& row : encoder_rows(spelling, config.encoder, "", encoder_prefix(config))) {
      add_tensor(table.rows, row.theirs, row.theirs.substr(std::string("decoder.").size()));
    }
    for (const NameRow& row : token_head_rows(spelling.token_head, "")) {
      add_tensor(table.rows, "decoder." + row.theirs, row.theirs);
    }
  }
  add_part_rows(table.rows, whole, "encoder.", spelling.prefix);
  table.prefix = spelling.prefix;
  table.old_endings = old_endings();
  table.unused_endings = {"embeddings.position_ids", "embeddings.token_type_ids"};
  return table;
}

NameTable decoder_part_names(const EncoderDecoderConfig& config) {
  const EncoderFamily* family = config.decoder.family;
  NameTable table;
  add_part_rows(table.rows, encoder_decoder_names(config), "decoder.", "");
  table.prefix = family != nullptr ? family->names.prefix : "transformer.";
  table.old_endings = old_endings();
  table.unused_endings = {
      "embeddings.position_ids", "embeddings.token_type_ids", ".attn.bias",
      ".attn.masked_bias",       "pooler.dense.weight",       "pooler.dense.bias"};
  return table;
}

}  // namespace finetune::models
