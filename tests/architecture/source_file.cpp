#include "architecture/source_file.h"

#include <algorithm>
#include <cctype>
#include <sstream>

#include "support/test_support.h"

namespace finetune::test {
namespace {

namespace fs = std::filesystem;

bool is_name_character(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }

bool is_source(const fs::path& path) {
  const std::string ending = path.extension().string();
  return ending == ".h" || ending == ".cpp" || ending == ".cu" || ending == ".py" ||
         ending == ".sh" || ending == ".cmake" || path.filename() == "CMakeLists.txt";
}

/// The end of the comment or literal that starts at `begin`; `begin` itself where none does.
size_t end_of_blank(const std::string& text, size_t begin) {
  const auto after = [&](const std::string& end, size_t from) {
    const size_t at = text.find(end, from);
    return at == std::string::npos ? text.size() : at + end.size();
  };
  if (text.compare(begin, 2, "//") == 0) return std::min(text.find('\n', begin), text.size());
  if (text.compare(begin, 2, "/*") == 0) return after("*/", begin + 2);
  if (text.compare(begin, 2, "R\"") == 0) {
    const size_t open = std::min(text.find('(', begin), text.size());
    return after(")" + text.substr(begin + 2, open - begin - 2) + "\"", open);
  }
  const bool is_digit_separator = begin > 0 && is_name_character(text[begin - 1]);
  if (text[begin] != '"' && (text[begin] != '\'' || is_digit_separator)) return begin;
  size_t end = begin + 1;
  while (end < text.size() && text[end] != text[begin]) end += text[end] == '\\' ? 2 : 1;
  return std::min(end + 1, text.size());
}

}  // namespace

std::vector<SourceFile> read_source_files(const fs::path& root) {
  std::vector<SourceFile> files;
  for (const char* folder : {"apps", "cmake", "lib", "scripts", "tests"}) {
    for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
      if (!entry.is_regular_file() || !is_source(entry.path())) continue;
      files.push_back({fs::relative(entry.path(), root).string(), read_file(entry.path())});
    }
  }
  std::sort(files.begin(), files.end(),
            [](const SourceFile& a, const SourceFile& b) { return a.path < b.path; });
  return files;
}

std::string room_of(const SourceFile& file) {
  if (!file.is_below("lib")) return "";
  return file.path.substr(4, file.path.find('/', 4) - 4);
}

std::vector<std::string> includes_of(const SourceFile& file) {
  std::vector<std::string> names;
  std::istringstream lines(file.text);
  for (std::string line; std::getline(lines, line);) {
    line.erase(std::remove_if(line.begin(), line.end(), [](char c) { return c == ' '; }),
               line.end());
    if (!line.starts_with("#include")) continue;
    const size_t end = line.find_first_of(">\"", 9);
    names.push_back(line.substr(8, end == std::string::npos ? end : end - 7));
  }
  return names;
}

std::string code_of(const SourceFile& file) {
  std::string code = file.text;
  for (size_t i = 0; i < file.text.size(); ++i) {
    const size_t end = end_of_blank(file.text, i);
    if (end == i) continue;
    std::fill(code.begin() + static_cast<ptrdiff_t>(i), code.begin() + static_cast<ptrdiff_t>(end),
              ' ');
    i = end - 1;
  }
  return code;
}

bool has_word(const std::string& code, const std::string& word) {
  for (size_t at = code.find(word); at != std::string::npos; at = code.find(word, at + 1)) {
    const size_t end = at + word.size();
    const bool starts = at == 0 || !is_name_character(code[at - 1]);
    const bool ends = end == code.size() || !is_name_character(code[end]);
    if (starts && ends) return true;
  }
  return false;
}

}  // namespace finetune::test
