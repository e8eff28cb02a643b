#pragma once

#include <filesystem>

namespace finetune::text {

/// Checks, inside a test case, that the tokenizer NAME.json beside NAME.cases gives the ids,
/// offsets, type ids, masks and decoded texts that the cases (written by reference.py's write_case)
/// hold.
void compare_with_reference(const std::filesystem::path& cases_file);

}  // namespace finetune::text
