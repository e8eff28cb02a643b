#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "config/document.h"
#include "config/fields.h"

/// A small configuration with one key of every type and every kind of rule.
namespace finetune::test {

struct SampleTraining {
  int64_t batch_size = 32;
  std::optional<int64_t> batch_tokens;
  double learning_rate = 5e-5;
  config::Duration every{1, config::Unit::kEpochs};
  std::string mode = "fast";

  void describe(config::Fields& fields) {
    fields.add("batch_size", batch_size, {.doc = "Examples.", .at_least = 1});
    fields.add("batch_tokens", batch_tokens, {.doc = "Tokens.", .example = "4096", .at_least = 1});
    fields.add("learning_rate", learning_rate,
               {.doc = "Rate.", .is_safe_at_resume = true, .above = 0, .below = 10});
    fields.add(
        "every", every,
        {.doc = "Pace.", .above = 0, .units = {config::Unit::kSteps, config::Unit::kEpochs}});
    fields.add("mode", mode, {.doc = "How | fast.", .choices = {"fast", "exact"}});
    fields.at_most_one_of({"batch_size", "batch_tokens"});
  }
};

struct SampleStopping {
  int64_t patience = 1;

  void describe(config::Fields& fields) {
    fields.add("patience", patience, {.doc = "Patience.", .at_least = 1});
  }
};

struct SampleModel {
  std::optional<std::filesystem::path> path;
  std::optional<std::string> type;
  std::optional<config::JsonObject> config;

  void describe(config::Fields& fields) {
    fields.add("path", path, {.doc = "Folder."});
    fields.add("type", type, {.doc = "Family."});
    fields.add("config", config, {.doc = "Settings."});
    fields.exactly_one_of({"path", "type"});
    fields.only_together({"type", "config"});
  }
};

struct Sample {
  std::filesystem::path output_dir;
  bool is_loud = false;
  std::vector<std::string> names = {"a"};
  SampleModel model;
  SampleTraining training;
  std::optional<SampleStopping> stopping;

  void describe(config::Fields& fields) {
    fields.add("output_dir", output_dir, {.doc = "Where to.", .is_required = true});
    fields.add("is_loud", is_loud, {.doc = "Noise."});
    fields.add("names", names, {.doc = "Names."});
    fields.add_section("model", model, "The model.");
    fields.add_section("training", training, "The training.");
    fields.add_section("stopping", stopping, "The end.");
  }
};

template <class T>
config::Fields fields_of(T& value) {
  config::Fields fields;
  value.describe(fields);
  return fields;
}

inline std::vector<config::KeyPath> sample_keys() {
  static Sample defaults;
  return config::all_keys(fields_of(defaults));
}

/// Reads `text` into a Sample; throws what Document throws.
inline Sample read_sample(std::string_view text, std::vector<std::string> overrides = {}) {
  Sample sample;
  config::Document document("sample.json", text, std::move(overrides));
  document.read(fields_of(sample),
                {.folders = {"/base", "/data"}, .keys = sample_keys(), .translator = {}});
  document.throw_if_wrong();
  return sample;
}

}  // namespace finetune::test
