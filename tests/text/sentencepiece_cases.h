#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>

#include "text/tokenizer.h"

namespace finetune::text {

/// The folder that sentencepiece_reference.py filled; empty where there is no Python.
const std::filesystem::path& sentencepiece_reference();

/// Checks ids, offsets (where given) and decoded texts of the cases.
void check_against(const Tokenizer& tokenizer, const nlohmann::json& cases);

/// The bytes of a small model: the pieces "<unk>", "<s>", "</s>", "\u2581", "a", "\u2581a", "b".
std::string small_model();

}  // namespace finetune::text
