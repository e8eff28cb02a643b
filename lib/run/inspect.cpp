#include "run/inspect.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <vector>

#include "base/error.h"
#include "base/files.h"
#include "base/json.h"
#include "base/log.h"
#include "base/strings.h"
#include "data/byte_source.h"
#include "data/line_reader.h"
#include "run/build_generation.h"
#include "run/generation_config.h"
#include "run/model_folder.h"
#include "run/tokenizer_description.h"
#include "tasks/registry.h"
#include "tensors/named_tensors.h"
#include "train/checkpoint_store.h"
#include "train/manifest.h"

namespace finetune::run {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

json describe_tensors(const tensors::NamedTensors& tensors) {
  json list = json::array();
  int64_t elements = 0;
  for (const auto& [name, tensor] : tensors) {
    list.push_back(
        {{"name", name}, {"dtype", tensors::name_of(tensor.dtype)}, {"shape", tensor.shape}});
    elements += tensor.num_elements();
  }
  return {{"parameters", elements}, {"tensors", list}};
}

/// How the model writes texts, with all that its run and its own files say; null for one that
/// writes none or cannot be built.
json describe_generation(const fs::path& folder, const json& config) {
  try {
    const auto run_folder = resolve_run_folder(folder);
    const RunConfig run = run_folder ? read_run_config(*run_folder / "config.json") : RunConfig{};
    const auto type = run_folder ? run.task.chosen().clone() : tasks::task_type_of(config);
    if (!type->writes_texts()) return nullptr;
    return generation_settings(
        build_generation(run, read_generation_defaults(folder), type->limits(config)));
  } catch (const Error&) {
    return nullptr;
  }
}

/// Where a checkpoint stands in its run, and what of it is damaged, if anything.
json describe_checkpoint(const fs::path& folder) {
  json description = json::object();
  if (const fs::path file = folder / "trainer_state.json"; fs::exists(file)) {
    const json state = base::read_json_file(file);
    for (const char* key : {"global_step", "epoch", "best_metric", "best_global_step"}) {
      if (state.contains(key) && !state.at(key).is_null()) description[key] = state.at(key);
    }
  }
  try {
    train::verify_manifest(folder);
  } catch (const CheckpointError& error) {
    base::log_warning("a damaged checkpoint: " + error.chain().back());
    description["damage"] = error.chain().back();
  }
  return description;
}

json describe_model(const fs::path& folder) {
  json description = {{"folder", folder.string()}};
  if (fs::exists(folder / train::kManifestName))
    description["checkpoint"] = describe_checkpoint(folder);
  const json config = base::read_json_file(folder / "config.json");
  for (const char* key : {"model_type", "architectures", "problem_type", "id2label"}) {
    if (config.contains(key)) description[key] = config.at(key);
  }
  description["config"] = config;
  if (json generation = describe_generation(folder, config); !generation.is_null())
    description["generation"] = std::move(generation);
  description["weights"] = describe_tensors(tensors::read_weights(folder));
  if (has_tokenizer(folder)) description["tokenizer"] = describe_tokenizer(folder);
  return description;
}

json describe_run(const fs::path& folder) {
  std::vector<int64_t> steps;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (const auto step = train::checkpoint_step(entry.path())) steps.push_back(*step);
  }
  std::ranges::sort(steps);
  json checkpoints = json::array();
  for (const int64_t step : steps) checkpoints.push_back(train::checkpoint_name(step));
  json description = {{"folder", folder.string()}, {"checkpoints", checkpoints}};
  for (const char* link : {"best", "last"}) {
    if (fs::is_symlink(folder / link)) description[link] = fs::read_symlink(folder / link).string();
  }
  for (const char* name : {"environment.json", "all_results.json"}) {
    if (fs::exists(folder / name))
      description[fs::path(name).stem().string()] = base::read_json_file(folder / name);
  }
  description["config"] = base::read_json_file(folder / "config.json");
  if (fs::exists(folder / "last"))
    description["model"] = describe_model(resolve_model_folder(folder));
  return description;
}

bool ends_with_any(const std::string& name, std::initializer_list<const char*> endings) {
  return std::ranges::any_of(endings, [&](const char* ending) { return name.ends_with(ending); });
}

/// A data file as text: which columns it can have is for a run to say.
json describe_data(const fs::path& file) {
  constexpr uint64_t kMaxLineBytes = uint64_t{16} << 20;
  constexpr int64_t kShownLines = 3;
  data::LineReader reader(data::open_source(file.string()), kMaxLineBytes);
  json first_lines = json::array();
  int64_t num_lines = 0;
  for (data::Line line; reader.next(line); ++num_lines) {
    if (num_lines < kShownLines) first_lines.push_back(line.text());
  }
  return {{"file", file.string()},
          {"bytes", fs::file_size(file)},
          {"lines", num_lines},
          {"first_lines", first_lines}};
}

/// A tokenizer.json by another name.
bool is_tokenizer(const json& value) {
  return value.is_object() && value.contains("model") && value.at("model").is_object() &&
         value.at("model").contains("vocab");
}

json describe_file(const fs::path& file) {
  const std::string name = file.filename().string();
  const std::string plain(data::without_compression(name));
  if (ends_with_any(plain, {".tsv", ".csv", ".jsonl", ".ndjson"}))
    return {{"data", describe_data(file)}};
  if (name.ends_with(".safetensors"))
    return {{"weights", describe_tensors(tensors::read_safetensors(file))}};
  if (name.ends_with(".bin")) return {{"weights", describe_tensors(tensors::read_torch_bin(file))}};
  if (ends_with_any(name, {"tokenizer.json", "vocab.txt", ".model", ".spm"}))
    return {{"tokenizer", describe_tokenizer(file)}};
  if (name.ends_with(".json")) {
    json value = base::read_json_file(file);
    if (is_tokenizer(value)) return {{"tokenizer", describe_tokenizer(file)}};
    return {{"json", std::move(value)}};
  }
  throw ConfigError(file.string() +
                    ": inspect knows runs, model folders, .safetensors, .bin, tokenizer and data "
                    "files (.tsv, .csv, .jsonl)");
}

bool is_tensor_list(const json& value) {
  return value.is_array() && std::ranges::all_of(value, [](const json& entry) {
           return entry.is_object() && entry.contains("name") && entry.contains("dtype") &&
                  entry.contains("shape");
         });
}

bool is_list_of_objects(const json& value) {
  return value.is_array() && !value.empty() &&
         std::ranges::all_of(value, [](const json& entry) { return entry.is_object(); });
}

std::string shape_text(const json& shape) {
  std::string text = "[";
  for (const json& size : shape) text += (text.size() > 1 ? ", " : "") + size.dump();
  return text + "]";
}

/// `text`, quoted where a terminal might act on it: names and values come from foreign files.
std::string printable(const std::string& text) {
  const auto is_escaped = [](char c) { return c == '\\' || c == '\''; };
  const auto num_escaped = static_cast<size_t>(std::ranges::count_if(text, is_escaped));
  const std::string quoted = base::quote(text, text.size());
  return quoted.size() == text.size() + num_escaped + 2 ? text : quoted;
}

void append_text(const json& value, const std::string& key, const std::string& indent,
                 std::string& out) {
  if (key == "tensors" && is_tensor_list(value)) {
    for (const json& tensor : value) {
      out += indent + printable(tensor.at("name").get<std::string>()) + "  " +
             tensor.at("dtype").get<std::string>() + " " + shape_text(tensor.at("shape")) + "\n";
    }
  } else if (value.is_object()) {
    if (!key.empty()) out += indent + printable(key) + ":\n";
    for (const auto& [name, member] : value.items())
      append_text(member, name, key.empty() ? indent : indent + "  ", out);
  } else if (is_list_of_objects(value)) {
    out += indent + printable(key) + ":\n";
    for (const json& entry : value) out += indent + "  " + printable(base::dump_json(entry)) + "\n";
  } else {
    out += indent + printable(key) + ": " +
           printable(value.is_string() ? value.get<std::string>() : base::dump_json(value)) + "\n";
  }
}

}  // namespace

json inspect(const fs::path& path) {
  if (!fs::exists(path)) throw ConfigError(path.string() + ": no such file or folder");
  if (!fs::is_directory(path)) return describe_file(path);
  if (fs::exists(path / "environment.json")) return {{"run", describe_run(path)}};
  if (fs::exists(path / "config.json")) return {{"model", describe_model(path)}};
  if (has_tokenizer(path)) return {{"tokenizer", describe_tokenizer(path)}};
  throw ConfigError(
      path.string() +
      ": neither a run, a model folder (config.json) nor a tokenizer (tokenizer.json, vocab.txt, "
      "a SentencePiece model, vocab.json with merges.txt)");
}

std::string inspect_text(const json& description) {
  std::string text;
  append_text(description, "", "", text);
  return text;
}

}  // namespace finetune::run
