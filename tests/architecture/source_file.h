#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace finetune::test {

/// A text file of the project.
struct SourceFile {
  std::string path;  ///< relative to the root of the tree: "lib/base/error.h"
  std::string text;

  bool is_below(const std::string& folder) const { return path.starts_with(folder + "/"); }
  bool is_header() const { return path.ends_with(".h"); }
  bool is_cpp() const { return is_header() || path.ends_with(".cpp"); }
};

/// All sources, scripts and CMake files below apps, cmake, lib, scripts and tests, in path order.
std::vector<SourceFile> read_source_files(const std::filesystem::path& root);

/// The first folder below lib/ ("base"), or "" outside lib/.
std::string room_of(const SourceFile& file);

/// What stands between the brackets or quotes of every #include: "<vector>", "\"base/error.h\"".
std::vector<std::string> includes_of(const SourceFile& file);

/// The text of a C++ file with comments and the insides of string literals blanked.
std::string code_of(const SourceFile& file);

/// Whether `word` stands in `code`, not as part of a longer name.
bool has_word(const std::string& code, const std::string& word);

}  // namespace finetune::test
