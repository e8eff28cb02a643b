#include "models/hf_config.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/json.h"
#include "base/log.h"
#include "base/strings.h"

namespace finetune::models {
namespace {

using base::cat;
using nlohmann::json;

constexpr std::array kCodeKeys = {"auto_map",
                                  "custom_pipelines",
                                  "trust_remote_code",
                                  "_attn_implementation",
                                  "attn_implementation",
                                  "_attn_implementation_internal"};

std::string found(const std::string& key, const json& value) {
  return cat("'", key, "' is ", base::quote(base::dump_json(value)));
}

bool is_off(const json& value) {
  if (value.is_null()) return true;
  if (value.is_boolean()) return !value.get<bool>();
  if (value.is_number()) return value.get<double>() == 0.0;
  return value.empty();
}

std::string text(IntegerRange range) { return cat(" from ", range.least, " to ", range.most); }

std::optional<int64_t> integer_within(const json& value, IntegerRange range) {
  // Unsigned values beyond int64 must not wrap around into the range.
  const bool is_small =
      !value.is_number_unsigned() || value.get<uint64_t>() <= static_cast<uint64_t>(range.most);
  if (!value.is_number_integer() || !is_small) return std::nullopt;
  const auto number = value.get<int64_t>();
  if (number < range.least || number > range.most) return std::nullopt;
  return number;
}

/// Nothing unless `values` is a list of integers within the range.
std::optional<std::vector<int64_t>> integers_within(const json& values, IntegerRange range) {
  if (!values.is_array()) return std::nullopt;
  std::vector<int64_t> numbers;
  for (const json& value : values) {
    const auto number = integer_within(value, range);
    if (!number) return std::nullopt;
    numbers.push_back(*number);
  }
  return numbers;
}

}  // namespace

HfConfig::HfConfig(const json& config) : config_(config) {
  if (!config.is_object()) throw CheckpointError("a model's config.json must hold one JSON object");
}

const json* HfConfig::find(const std::string& key) const {
  const auto at = config_.find(key);
  return at == config_.end() ? nullptr : &*at;
}

int64_t HfConfig::integer(const std::string& key, int64_t fallback, IntegerRange range) {
  const json* value = find(key);
  if (value == nullptr) return fallback;
  if (const auto number = integer_within(*value, range)) return *number;
  add_problem(cat(found(key, *value), ", expected an integer", text(range)));
  return fallback;
}

std::optional<int64_t> HfConfig::optional_integer(const std::string& key,
                                                  std::optional<int64_t> fallback,
                                                  IntegerRange range) {
  const json* value = find(key);
  if (value == nullptr) return fallback;
  if (value->is_null()) return std::nullopt;
  return integer(key, range.least, range);
}

std::vector<int64_t> HfConfig::integers(const std::string& key,
                                        const std::vector<int64_t>& fallback, IntegerRange range) {
  const json* value = find(key);
  if (value == nullptr) return fallback;
  if (value->is_null()) return {};
  const auto numbers = integers_within(value->is_array() ? *value : json::array({*value}), range);
  if (numbers) return *numbers;
  add_problem(cat(found(key, *value), ", expected an integer or a list of them,", text(range)));
  return fallback;
}

std::vector<std::vector<int64_t>> HfConfig::integer_lists(
    const std::string& key, const std::vector<std::vector<int64_t>>& fallback, IntegerRange range) {
  const json* value = find(key);
  if (value == nullptr) return fallback;
  if (value->is_null()) return {};
  std::vector<std::vector<int64_t>> lists;
  bool is_valid = value->is_array();
  for (size_t i = 0; is_valid && i < value->size(); ++i) {
    const auto numbers = integers_within((*value)[i], range);
    is_valid = numbers.has_value();
    if (is_valid) lists.push_back(*numbers);
  }
  if (is_valid) return lists;
  add_problem(cat(found(key, *value), ", expected a list of lists of integers", text(range)));
  return fallback;
}

bool HfConfig::boolean(const std::string& key, bool fallback) {
  const json* value = find(key);
  if (value == nullptr) return fallback;
  if (value->is_boolean()) return value->get<bool>();
  add_problem(cat(found(key, *value), ", expected true or false"));
  return fallback;
}

double HfConfig::number(const std::string& key, double fallback, NumberRange range) {
  const json* value = find(key);
  if (value == nullptr) return fallback;
  if (value->is_number()) {
    const auto number = value->get<double>();
    if (number >= range.least && number < range.below) return number;
  }
  add_problem(cat(found(key, *value), ", expected a number at least ", range.least, " and below ",
                  range.below));
  return fallback;
}

std::optional<double> HfConfig::optional_number(const std::string& key, NumberRange range) {
  const json* value = find(key);
  if (value == nullptr || value->is_null()) return std::nullopt;
  return number(key, range.least, range);
}

std::string HfConfig::choice(const std::string& key, const std::string& fallback,
                             const std::vector<std::string>& allowed) {
  const json* value = find(key);
  if (value == nullptr) return fallback;
  if (value->is_string() &&
      std::find(allowed.begin(), allowed.end(), value->get<std::string>()) != allowed.end()) {
    return value->get<std::string>();
  }
  add_problem(cat(found(key, *value), ", supported is ", base::join(allowed, ", ")));
  return fallback;
}

void HfConfig::require_off(const std::string& key) {
  const json* value = find(key);
  if (value == nullptr || is_off(*value)) return;
  add_problem(cat(found(key, *value), ", which is not supported for this model"));
}

void HfConfig::add_problem(std::string problem) { problems_.push_back(std::move(problem)); }

void HfConfig::check() const {
  if (problems_.empty()) return;
  std::string text = "config.json describes a model that cannot be built:";
  for (const std::string& problem : problems_) text += "\n    " + problem;
  throw CheckpointError(text);
}

void warn_of_code(const json& config) {
  for (const char* key : kCodeKeys) {
    if (!config.contains(key)) continue;
    base::log_warning(cat("config.json: '", key, "' is ignored: no code of a model folder is run"));
  }
}

void remove_code_keys(json& config) {
  for (const char* key : kCodeKeys) config.erase(key);
}

void fit_labels(json& config, int64_t num_labels) {
  config["num_labels"] = num_labels;
  const auto names = config.find("id2label");
  const bool fits = names != config.end() && names->is_object() &&
                    static_cast<int64_t>(names->size()) == num_labels;
  if (fits && config.contains("label2id")) return;
  config["id2label"] = json::object();
  config["label2id"] = json::object();
  for (int64_t id = 0; id < num_labels; ++id) {
    const std::string name = cat("LABEL_", id);
    config["id2label"][std::to_string(id)] = name;
    config["label2id"][name] = id;
  }
}

void note_fp32(json& config) {
  config["dtype"] = "float32";
  config["torch_dtype"] = "float32";
}

void check_fits_in_memory(double num_parameters) {
  constexpr double kGiB = 1024.0 * 1024.0 * 1024.0;
  const double available =
      static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGE_SIZE));
  const double needed = num_parameters * sizeof(float);
  if (needed <= available) return;
  const auto gibibytes = [](double bytes) { return static_cast<int64_t>(bytes / kGiB); };
  throw CheckpointError(cat("the sizes in config.json ask for weights of ", gibibytes(needed),
                            " GiB, more than the ", gibibytes(available),
                            " GiB of this machine; check its sizes"));
}

}  // namespace finetune::models
