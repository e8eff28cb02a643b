#include "run/translation_run.h"

#include <nlohmann/json.hpp>

#include "run/model_folder.h"

namespace finetune::test {

using nlohmann::json;

const char* const kTranslation = R"({
  "model": {"path": null, "type": "marian", "config": {
      "d_model": 16, "encoder_layers": 1, "decoder_layers": 1, "encoder_attention_heads": 2,
      "decoder_attention_heads": 2, "encoder_ffn_dim": 32, "decoder_ffn_dim": 32, "dropout": 0.1,
      "max_position_embeddings": 32},
    "tokenizer": {"train": "byte-bpe", "vocab_size": 300, "class": "bart"}},
  "task": {"type": "translation", "label_smoothing": 0.1},
  "data": {"train": {"source": "t.en", "target": "t.de"},
           "validation": {"source": "v.en", "target": "v.de"}, "test": null,
           "max_length_ratio": 4},
  "training": {"num_train_epochs": 20, "batch_size": null, "batch_tokens": 200,
               "gradient_accumulation_steps": 2},
  "optimizer": {"learning_rate": 1e-2, "beta2": 0.98},
  "schedule": {"type": "inverse_sqrt", "warmup": "5 steps"},
  "generation": {"num_beams": 2, "max_new_tokens": 12},
  "evaluation": {"metric": "bleu", "every": "10 epochs", "decode_examples": 4, "samples": 1}})";

json translation(int num_epochs, const json& patch) {
  json config = json::parse(kTranslation);
  config["training"]["num_train_epochs"] = num_epochs;
  for (const auto& [section, value] : patch.items()) config[section] = value;
  return config;
}

void write_pairs(const TinyRun& tiny, const std::string& name, int count, int first,
                 int num_words) {
  const char* const source[] = {"one", "two", "three", "four", "seven", "eleven"};
  const char* const target[] = {"eins", "zwei", "drei", "vier", "sieben", "elf"};
  std::string english;
  std::string german;
  for (int i = first; i < first + count; ++i) {
    const int left = i % num_words;
    const int right = (i / num_words) % num_words;
    english += std::string(source[left]) + " " + source[right] + "\n";
    german += std::string(target[left]) + " " + target[right] + "\n";
  }
  tiny.write(name + ".en", english);
  tiny.write(name + ".de", german);
}

void make_model(const TinyRun& tiny) {
  write_pairs(tiny, "t", 32, 0);
  write_pairs(tiny, "v", 6, 3);
  tiny.train(translation(1, {{"output_dir", "first"}}).dump());
  run::export_model(tiny / "first", tiny / "out", false);
}

std::vector<json> events_of(const TinyRun& tiny, const std::string& kind) {
  std::vector<json> events;
  for (const std::string& line : test::lines_of(tiny / "run/metrics.jsonl")) {
    if (json event = json::parse(line); event.at("event") == kind) events.push_back(event);
  }
  return events;
}

}  // namespace finetune::test
