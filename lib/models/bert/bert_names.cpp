#include "models/bert/bert_names.h"

namespace finetune::models {
namespace {

constexpr bool kHead = true;

NameRow weight(std::string ours, std::string theirs, bool is_head = false) {
  NameRow row;
  row.ours = std::move(ours);
  row.theirs = std::move(theirs);
  row.is_head = is_head;
  return row;
}

/// Both tensors of a linear layer.
void add_linear(std::vector<NameRow>& rows, const std::string& ours, const std::string& theirs,
                bool is_head = false) {
  rows.push_back(weight(ours + ".weight", theirs + ".weight", is_head));
  rows.push_back(weight(ours + ".bias", theirs + ".bias", is_head));
}

void add_norm(std::vector<NameRow>& rows, const std::string& ours, const std::string& theirs) {
  rows.push_back(weight(ours + ".gain", theirs + ".weight"));
  rows.push_back(weight(ours + ".shift", theirs + ".bias"));
}

/// Three linear layers of theirs are the blocks of one of ours.
void add_fused_attention(std::vector<NameRow>& rows, const std::string& ours,
                         const std::string& theirs) {
  const std::vector<std::string> parts = {"query", "key", "value"};
  for (size_t i = 0; i < parts.size(); ++i) {
    const size_t first = rows.size();
    add_linear(rows, ours, theirs + parts[i]);
    for (size_t row = first; row < rows.size(); ++row) {
      rows[row].slice_index = static_cast<int64_t>(i);
      rows[row].slice_count = static_cast<int64_t>(parts.size());
    }
  }
}

std::vector<NameRow> row_templates() {
  std::vector<NameRow> rows;
  const std::string embeddings = "bert.embeddings.";
  rows.push_back(weight("encoder.embeddings.words", embeddings + "word_embeddings.weight"));
  rows.push_back(weight("encoder.embeddings.positions", embeddings + "position_embeddings.weight"));
  rows.push_back(
      weight("encoder.embeddings.segments", embeddings + "token_type_embeddings.weight"));
  add_norm(rows, "encoder.embeddings.norm", embeddings + "LayerNorm");

  const std::string ours = "encoder.layer_{}.";
  const std::string theirs = "bert.encoder.layer.{}.";
  add_fused_attention(rows, ours + "attention.qkv", theirs + "attention.self.");
  add_linear(rows, ours + "attention_output", theirs + "attention.output.dense");
  add_norm(rows, ours + "attention_norm", theirs + "attention.output.LayerNorm");
  add_linear(rows, ours + "feed_forward.inner", theirs + "intermediate.dense");
  add_linear(rows, ours + "feed_forward.outer", theirs + "output.dense");
  add_norm(rows, ours + "output_norm", theirs + "output.LayerNorm");

  add_linear(rows, "head.pooler", "bert.pooler.dense", kHead);
  add_linear(rows, "head.classifier", "classifier", kHead);
  return rows;
}

/// Semantics of a fresh BERT: matrices and tables N(0, initializer_range), norms one and zero.
void set_initial_values(std::vector<NameRow>& rows, double initializer_range) {
  for (NameRow& row : rows) {
    if (row.ours.ends_with(".gain")) {
      row.fresh_mean = 1.0;
    } else if (!row.ours.ends_with(".bias") && !row.ours.ends_with(".shift")) {
      row.fresh_deviation = initializer_range;
    }
  }
}

}  // namespace

NameTable bert_names(const BertConfig& config) {
  NameTable table;
  table.rows = expand_layers(row_templates(), config.num_hidden_layers);
  set_initial_values(table.rows, config.initializer_range);
  table.prefix = "bert.";
  table.old_endings = {{"LayerNorm.gamma", "LayerNorm.weight"},
                       {"LayerNorm.beta", "LayerNorm.bias"}};
  table.buffer_endings = {"embeddings.position_ids", "embeddings.token_type_ids"};
  return table;
}

}  // namespace finetune::models
