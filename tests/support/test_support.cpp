#include "support/test_support.h"

#include <stdlib.h>
#include <sys/wait.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace finetune::test {

namespace fs = std::filesystem;

fs::path source_folder() { return FINETUNE_SOURCE_DIR; }

fs::path fixture(const std::string& relative) { return source_folder() / "tests" / relative; }

fs::path program() { return FINETUNE_BINARY; }

std::optional<fs::path> shared_data(const std::string& relative) {
  const char* folder = std::getenv("FINETUNE_TEST_DATA");
  const fs::path root =
      folder != nullptr ? fs::path(folder) : source_folder() / ".." / "shared" / "data";
  if (fs::exists(root / relative)) return root / relative;
  WARN("SKIPPED: needs " << (root / relative).string()
                         << " (set FINETUNE_TEST_DATA to the folder of data sets)");
  return std::nullopt;
}

std::optional<fs::path> python() {
  const fs::path path = source_folder() / ".deps/venv/bin/python";
  if (fs::exists(path)) return path;
  WARN("SKIPPED: needs " << path.string() << " (made by scripts/setup.sh --tests)");
  return std::nullopt;
}

TemporaryFolder::TemporaryFolder() {
  std::string pattern = (fs::temp_directory_path() / "finetune-test-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("cannot create " + pattern);
  path_ = pattern;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

void write_file(const fs::path& path, const std::string& bytes) {
  fs::create_directories(path.parent_path());
  std::ofstream file(path, std::ios::binary);
  file << bytes;
  if (!file.flush()) throw std::runtime_error("cannot write " + path.string());
}

std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path.string());
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string shell_quote(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

ProcessResult run_shell(const std::string& command_line, const std::string& input) {
  const TemporaryFolder folder;
  const auto in = folder.path() / "in";
  const auto out = folder.path() / "out";
  const auto err = folder.path() / "err";
  write_file(in, input);
  const std::string redirected = "{ " + command_line + "\n} <" + shell_quote(in.string()) + " >" +
                                 shell_quote(out.string()) + " 2>" + shell_quote(err.string());
  const int status = std::system(redirected.c_str());
  const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return {code, read_file(out), read_file(err)};
}

}  // namespace finetune::test
