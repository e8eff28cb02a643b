#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace finetune::models {

struct IntegerRange {
  int64_t least;
  int64_t most;
};

struct NumberRange {
  double least;
  double below;  ///< exclusive
};

/// Reads keys of a Hugging Face config.json. It is data, not our configuration: unknown keys pass,
/// an absent key has Hugging Face's default, but a value that would change the arithmetic into
/// something we do not compute is a problem. Problems are collected and thrown together.
class HfConfig {
 public:
  explicit HfConfig(const nlohmann::json& config);

  int64_t integer(const std::string& key, int64_t fallback, IntegerRange range);
  /// null: none.
  std::optional<int64_t> optional_integer(const std::string& key, std::optional<int64_t> fallback,
                                          IntegerRange range);
  /// One integer or a list of them; null: none.
  std::vector<int64_t> integers(const std::string& key, const std::vector<int64_t>& fallback,
                                IntegerRange range);
  std::vector<std::vector<int64_t>> integer_lists(const std::string& key,
                                                  const std::vector<std::vector<int64_t>>& fallback,
                                                  IntegerRange range);
  bool boolean(const std::string& key, bool fallback);
  double number(const std::string& key, double fallback, NumberRange range);
  std::optional<double> optional_number(const std::string& key, NumberRange range);
  std::string choice(const std::string& key, const std::string& fallback,
                     const std::vector<std::string>& allowed);
  /// The key must be absent or say "off": null, false, 0, an empty list or object.
  void require_off(const std::string& key);
  void add_problem(std::string problem);

  /// Throws CheckpointError with every problem found so far.
  void check() const;

 private:
  const nlohmann::json* find(const std::string& key) const;

  const nlohmann::json& config_;
  std::vector<std::string> problems_;
};

/// Keys that make other tools run code or choose an implementation: named in a warning, otherwise
/// ignored. finetune runs no code from a model folder.
void warn_of_code(const nlohmann::json& config);
void remove_code_keys(nlohmann::json& config);

/// Leaves `id2label` and `label2id` alone where they name `num_labels` labels, else fills them with
/// LABEL_0, LABEL_1, ..., Hugging Face's names for the nameless.
void fit_labels(nlohmann::json& config, int64_t num_labels);

/// Says that the weights are fp32, under both names that versions of transformers read.
void note_fp32(nlohmann::json& config);

/// Throws CheckpointError when fp32 weights of that many parameters exceed the machine's memory.
void check_fits_in_memory(double num_parameters);

}  // namespace finetune::models
