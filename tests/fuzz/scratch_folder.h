#pragma once

#include <filesystem>
#include <string_view>

namespace finetune::fuzz {

/// A folder of this process, in memory where the system has such a place; removed at its end.
const std::filesystem::path& scratch_folder();

/// Writes `bytes` to scratch_folder()/name and returns that path.
std::filesystem::path write_scratch(std::string_view name, std::string_view bytes);

/// Removes all files of scratch_folder().
void empty_scratch();

}  // namespace finetune::fuzz
