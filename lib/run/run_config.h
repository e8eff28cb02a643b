#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "run/sections.h"

namespace finetune::run {

/// One complete run, as one JSON file and the overrides of the command line say. Every path in it
/// is absolute (relative ones were taken from the config file's folder, those of an override from
/// the working directory), except "-", standard input.
struct RunConfig {
  std::optional<std::string> schema_address;  ///< "$schema": for editors; without effect
  std::optional<std::string> about;
  std::filesystem::path output_dir;
  int64_t seed = 42;

  ModelSection model;
  TaskSection task;
  DataSection data;
  TrainingSection training;
  OptimizerSection optimizer;
  RegularizationSection regularization;
  ScheduleSection schedule;
  EvaluationSection evaluation;
  GenerationSection generation;
  std::optional<EarlyStoppingSection> early_stopping;  ///< absent: off
  CheckpointsSection checkpoints;
  LoggingSection logging;

  std::filesystem::path base_folder;  ///< absolute; that of the config file

  void describe(config::Fields& fields);
};

/// Reads `file` and applies `overrides` in order ("a.b=value", or the same after "--"; the value is
/// JSON, else a string). Throws one ConfigError that lists every error found, with line, key and
/// the nearest known key, or says why the file cannot be read.
RunConfig read_run_config(const std::filesystem::path& file,
                          std::span<const std::string> overrides = {});

/// The resolved config with every default written out and absolute paths: wherever it is stored, it
/// means the same. Keys that are not set are left out. Ends with a newline.
std::string render(const RunConfig& config);

/// JSON Schema (draft-07) of the config file.
std::string schema();

/// Type, default, range and meaning of one key ("training.batch_size"), of a section ("training"),
/// or of every key so named ("batch_size"). Throws ConfigError for an unknown key.
std::string explain(std::string_view key);

/// docs/config.md.
std::string config_docs();

struct ConfigDifference {
  std::string key;       ///< "training.batch_size"
  std::string old_text;  ///< JSON, or "(not set)"
  std::string new_text;
  bool is_safe_at_resume = false;  ///< a resumed run may take the new value as it is
};

/// Keys whose values differ, in the order of the file.
std::vector<ConfigDifference> differences(const RunConfig& old, const RunConfig& now);

}  // namespace finetune::run
