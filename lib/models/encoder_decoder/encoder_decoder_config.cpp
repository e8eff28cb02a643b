#include "models/encoder_decoder/encoder_decoder_config.h"

#include <array>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/json.h"
#include "base/strings.h"
#include "models/bert/bert.h"
#include "models/distilbert/distilbert.h"
#include "models/electra/electra.h"
#include "models/hf_config.h"
#include "models/roberta/roberta.h"
#include "models/special_ids.h"

namespace finetune::models {
namespace {

using base::cat;
using base::quote;
using nlohmann::json;

struct Part {
  const char* model_type;
  const EncoderFamily& (*family)();
};

constexpr std::array kFamilies = {
    Part{"bert", &bert_family}, Part{"distilbert", &distilbert_family},
    Part{"electra", &electra_family}, Part{"roberta", &roberta_family},
    Part{"xlm-roberta", &xlm_roberta_family}};
constexpr const char* kGpt2 = "gpt2";

bool can_decode(const EncoderFamily& family) { return !family.names.token_head.dense.empty(); }

std::string model_type(const json& part) {
  const json type = part.value("model_type", json());
  return type.is_string() ? type.get<std::string>() : base::dump_json(type);
}

const EncoderFamily* find_family(const json& part) {
  for (const Part& one : kFamilies) {
    if (model_type(part) == one.model_type) return &one.family();
  }
  return nullptr;
}

[[noreturn]] void refuse_type(const json& part, bool is_decoder) {
  std::vector<std::string> known;
  for (const Part& one : kFamilies) {
    if (!is_decoder || can_decode(one.family())) known.push_back(quote(one.model_type));
  }
  if (is_decoder) known.push_back(quote(kGpt2));
  throw CheckpointError(cat("its 'model_type' is ", quote(model_type(part)), ", which cannot be ",
                            is_decoder ? "a decoder" : "an encoder", " here; supported is ",
                            base::join(known, ", ")));
}

/// The part without the keys that say what it is for, which its family would refuse.
json without_role(json part) {
  for (const char* key : {"is_decoder", "add_cross_attention", "is_encoder_decoder"})
    part.erase(key);
  return part;
}

const json& part_of(const json& source, const char* name) {
  const auto part = source.find(name);
  if (part != source.end() && part->is_object()) return *part;
  throw CheckpointError(
      cat("config.json of an encoder-decoder has no ", quote(name),
          ", the config.json of that part; save it as EncoderDecoderModel.save_pretrained does"));
}

EncoderConfig read_bert_like(const EncoderFamily& family, const json& part,
                             const GeneratorOptions& options) {
  HeadOptions head;
  head.dropout = options.dropout;
  return read_encoder_config(family.config, without_role(part), head);
}

void read_encoder(const json& part, const GeneratorOptions& options, EncoderDecoderConfig& config) {
  config.encoder_family = find_family(part);
  if (config.encoder_family == nullptr) refuse_type(part, false);
  config.encoder = read_bert_like(*config.encoder_family, part, options);
}

void refuse_other_heads(const json& part) {
  HfConfig reader(part);
  reader.require_off("cross_attention_hidden_size");
  if (!reader.boolean("tie_word_embeddings", true)) {
    reader.add_problem(
        "'tie_word_embeddings' is false: only a head tied to the embeddings is "
        "supported");
  }
  reader.check();
}

DecoderConfig read_decoder(const json& part, const GeneratorOptions& options) {
  refuse_other_heads(part);
  DecoderConfig config;
  if (model_type(part) == kGpt2) {
    config.gpt2 = read_gpt2_config(without_role(part), options.dropout);
    return config;
  }
  config.family = find_family(part);
  if (config.family == nullptr || !can_decode(*config.family)) refuse_type(part, true);
  config.bert = read_bert_like(*config.family, part, options);
  return config;
}

/// The ids of the whole, or else those of the decoder's own config.
SpecialIds read_ids(HfConfig& reader, const json& decoder, const DecoderConfig& config) {
  HfConfig decoder_reader(decoder);
  SpecialIds defaults;
  if (config.family != nullptr) defaults.pad = config.bert.padding;
  const SpecialIds own = read_special_ids(decoder_reader, config.vocab_size(), defaults);
  decoder_reader.check();
  SpecialIds ids = read_special_ids(reader, config.vocab_size(), own);
  require_decoder_start(reader, ids);
  if (!ids.pad) {
    reader.add_problem(
        "'pad_token_id' is missing: add the target tokenizer's (other tools pad with it)");
  }
  return ids;
}

void check_twins(HfConfig& reader, const EncoderDecoderConfig& config) {
  const EncoderConfig& a = config.encoder;
  const EncoderConfig& b = config.decoder.bert;
  const bool is_equal =
      config.encoder_family == config.decoder.family && a.vocab_size == b.vocab_size &&
      a.embedding_size == b.embedding_size && a.hidden_size == b.hidden_size &&
      a.num_hidden_layers == b.num_hidden_layers &&
      a.num_attention_heads == b.num_attention_heads &&
      a.intermediate_size == b.intermediate_size &&
      a.max_position_embeddings == b.max_position_embeddings &&
      a.type_vocab_size == b.type_vocab_size && a.first_position == b.first_position &&
      a.hidden_act == b.hidden_act && a.layer_norm_eps == b.layer_norm_eps;
  if (is_equal) return;
  reader.add_problem("'tie_encoder_decoder' needs an encoder and a decoder of one family and size");
}

/// `part` with the arithmetic as built, and nothing of a classifier.
json exported_part(const EncoderFamily& family, const EncoderConfig& config, const json& part) {
  json out = part;
  remove_code_keys(out);
  write_encoder_config(family.config, config, out);
  return out;
}

}  // namespace

EncoderDecoderConfig read_encoder_decoder_config(const json& source,
                                                 const GeneratorOptions& options) {
  EncoderDecoderConfig config;
  config.source = std::make_shared<const json>(source);
  const json& encoder = part_of(source, "encoder");
  const json& decoder = part_of(source, "decoder");
  with_context("reading 'encoder' of config.json", [&] { read_encoder(encoder, options, config); });
  config.decoder = with_context("reading 'decoder' of config.json",
                                [&] { return read_decoder(decoder, options); });
  HfConfig reader(source);
  config.ids = read_ids(reader, decoder, config.decoder);
  config.ties_stacks = reader.boolean("tie_encoder_decoder", false);
  if (config.ties_stacks) check_twins(reader, config);
  reader.check();
  return config;
}

json export_encoder_decoder_config(const EncoderDecoderConfig& config) {
  json out = *config.source;
  remove_code_keys(out);
  out["architectures"] = {"EncoderDecoderModel"};
  out["is_encoder_decoder"] = true;
  out["tie_encoder_decoder"] = config.ties_stacks;
  note_fp32(out);
  out["encoder"] = exported_part(*config.encoder_family, config.encoder, out["encoder"]);
  const DecoderConfig& decoder = config.decoder;
  json part = out["decoder"];
  if (decoder.family != nullptr) {
    part = exported_part(*decoder.family, decoder.bert, part);
  } else {
    part = export_gpt2_config(decoder.gpt2, "GPT2LMHeadModel");
  }
  part["is_decoder"] = true;
  part["add_cross_attention"] = true;
  out["decoder"] = part;
  export_special_ids(out, config.ids);
  return out;
}

json join_configs(const json& encoder, const json& decoder, const SpecialIds& ids,
                  bool ties_stacks) {
  for (const json* part : {&encoder, &decoder}) {
    if (!part->is_object())
      throw CheckpointError("a model's config.json must hold one JSON object");
  }
  json out = {{"model_type", "encoder-decoder"},
              {"is_encoder_decoder", true},
              {"tie_encoder_decoder", ties_stacks},
              {"encoder", without_role(encoder)},
              {"decoder", without_role(decoder)}};
  out["decoder"]["is_decoder"] = true;
  out["decoder"]["add_cross_attention"] = true;
  export_special_ids(out, ids);
  return out;
}

}  // namespace finetune::models
