#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace finetune::run {

/// What a path is and holds, as JSON: a run ("run": config, state, checkpoints, model), a Hugging
/// Face folder or checkpoint ("model": type, parameters, tensors, labels, how it writes texts,
/// tokenizer), a tokenizer
/// ("tokenizer"), a weight file ("tensors") or a data file ("data": format, columns, first rows).
/// Throws what reading it throws, ConfigError for anything else.
nlohmann::json inspect(const std::filesystem::path& path);

/// The same for people: keys and values, indented; long lists of tensors as a table.
std::string inspect_text(const nlohmann::json& description);

}  // namespace finetune::run
