#include "models/t5/t5_names.h"

#include <cmath>
#include <string>

#include "models/name_rows.h"

namespace finetune::models {
namespace {

/// Deviations of fresh values, of Mesh TensorFlow: what keeps scores and states near 1 without a
/// scale in the attention.
struct Deviations {
  double query;
  double from_width;  ///< of what reads states of d_model
  double from_keys;
  double from_inner;
};

Deviations deviations(const T5Config& config) {
  const auto width = static_cast<double>(config.d_model);
  const auto keys = static_cast<double>(config.d_kv);
  const double factor = config.initializer_factor;
  return {factor / std::sqrt(width * keys), factor / std::sqrt(width),
          factor / std::sqrt(static_cast<double>(config.num_heads) * keys),
          factor / std::sqrt(static_cast<double>(config.d_ff))};
}

class Rows {
 public:
  explicit Rows(const T5Config& config) : config_(config), deviations_(deviations(config)) {}

  /// Blocks of one weight of ours, each fresh with its own deviation.
  void add_weights(const std::string& ours, const std::vector<std::string>& theirs,
                   const std::vector<double>& fresh) {
    for (size_t i = 0; i < theirs.size(); ++i) {
      add_tensor(rows_, ours + ".weight", theirs[i] + ".weight");
      rows_.back().slice_index = static_cast<int64_t>(i);
      rows_.back().slice_count = static_cast<int64_t>(theirs.size());
      rows_.back().fresh_deviation = fresh[i];
    }
  }

  void add_rms_norm(const std::string& ours, const std::string& theirs) {
    add_tensor(rows_, ours + ".gain", theirs + ".weight");
    rows_.back().fresh_mean = config_.initializer_factor;
  }

  void add_self_attention(const std::string& ours, const std::string& theirs) {
    const std::string attention = theirs + "SelfAttention.";
    add_weights(ours + "attention.qkv", {attention + "q", attention + "k", attention + "v"},
                {deviations_.query, deviations_.from_width, deviations_.from_width});
    add_weights(ours + "attention_output", {attention + "o"}, {deviations_.from_keys});
    add_rms_norm(ours + "attention_norm", theirs + "layer_norm");
  }

  void add_cross_attention(const std::string& ours, const std::string& theirs) {
    const std::string attention = theirs + "EncDecAttention.";
    add_weights(ours + "cross_attention.q", {attention + "q"}, {deviations_.query});
    add_weights(ours + "cross_attention.kv", {attention + "k", attention + "v"},
                {deviations_.from_width, deviations_.from_width});
    add_weights(ours + "cross_output", {attention + "o"}, {deviations_.from_keys});
    add_rms_norm(ours + "cross_norm", theirs + "layer_norm");
  }

  void add_feed_forward(const std::string& ours, const std::string& theirs) {
    const std::string dense = theirs + "DenseReluDense.";
    if (config_.is_gated) {
      add_weights(ours + "feed_forward.inner", {dense + "wi_0", dense + "wi_1"},
                  {deviations_.from_width, deviations_.from_width});
    } else {
      add_weights(ours + "feed_forward.inner", {dense + "wi"}, {deviations_.from_width});
    }
    add_weights(ours + "feed_forward.outer", {dense + "wo"}, {deviations_.from_inner});
    add_rms_norm(ours + "output_norm", theirs + "layer_norm");
  }

  void add_table(const std::string& ours, const std::string& theirs, double fresh) {
    add_tensor(rows_, ours, theirs);
    rows_.back().fresh_deviation = fresh;
  }

  /// What both stacks have beside their layers. `stack` is "encoder" or "decoder" on both sides.
  void add_stack_ends(const std::string& stack) {
    add_table(stack + ".relative_bias.bias",
              stack + ".block.0.layer.0.SelfAttention.relative_attention_bias.weight",
              deviations_.from_width);
    add_rms_norm(stack + ".final_norm", stack + ".final_layer_norm");
  }

  const std::vector<NameRow>& all() const { return rows_; }

 private:
  const T5Config& config_;
  Deviations deviations_;
  std::vector<NameRow> rows_;
};

void append(std::vector<NameRow>& rows, const std::vector<NameRow>& more) {
  rows.insert(rows.end(), more.begin(), more.end());
}

std::vector<NameRow> encoder_layers(const T5Config& config) {
  Rows rows(config);
  rows.add_self_attention("encoder.layer_{}.", "encoder.block.{}.layer.0.");
  rows.add_feed_forward("encoder.layer_{}.", "encoder.block.{}.layer.1.");
  return expand_layers(rows.all(), config.num_layers);
}

std::vector<NameRow> decoder_layers(const T5Config& config) {
  Rows rows(config);
  rows.add_self_attention("decoder.layer_{}.", "decoder.block.{}.layer.0.");
  rows.add_cross_attention("decoder.layer_{}.", "decoder.block.{}.layer.1.");
  rows.add_feed_forward("decoder.layer_{}.", "decoder.block.{}.layer.2.");
  return expand_layers(rows.all(), config.num_decoder_layers);
}

}  // namespace

NameTable t5_names(const T5Config& config) {
  Rows ends(config);
  ends.add_table("words", "shared.weight", config.initializer_factor);
  ends.add_stack_ends("encoder");
  ends.add_stack_ends("decoder");
  if (!config.tie_word_embeddings) {
    ends.add_table("head", "lm_head.weight", config.initializer_factor);
  }
  NameTable table;
  table.rows = ends.all();
  append(table.rows, encoder_layers(config));
  append(table.rows, decoder_layers(config));
  // Copies that older files hold, and a bias that no cross-attention reads.
  table.unused_endings = {"coder.embed_tokens.weight",
                          "EncDecAttention.relative_attention_bias.weight"};
  if (config.tie_word_embeddings) table.unused_endings.emplace_back("lm_head.weight");
  return table;
}

}  // namespace finetune::models
