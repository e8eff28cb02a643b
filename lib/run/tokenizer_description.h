#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>

namespace finetune::run {

/// What the tokenizer of a folder or file is made of: "kind", "vocab_size", "parts" (the types of
/// normalizer, pre_tokenizer, model, post_processor and decoder, as a tokenizer.json names them;
/// absent for a file that says nothing of them), "special_tokens" with their ids and roles, "pad",
/// "unknown", "vocabulary" (some of its first and last tokens) and "examples". Throws what loading
/// it throws.
nlohmann::json describe_tokenizer(const std::filesystem::path& folder_or_file);

/// True for a folder with the files of a tokenizer that load_tokenizer() reads.
bool has_tokenizer(const std::filesystem::path& folder);

}  // namespace finetune::run
