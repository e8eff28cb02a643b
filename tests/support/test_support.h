#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace finetune::test {

/// The root of the source tree.
std::filesystem::path source_folder();

/// tests/<relative>: committed fixtures.
std::filesystem::path fixture(const std::string& relative);

/// `<data sets>/<relative>`, where the data sets that may not be redistributed lie:
/// $FINETUNE_TEST_DATA, else
/// ../shared/data beside the source tree. Nothing (and a visible warning that names the file) where
/// it is absent: the test then returns.
std::optional<std::filesystem::path> shared_data(const std::string& relative);

/// The Python of the set-up's virtual environment, or nothing (with a warning) where it is absent.
std::optional<std::filesystem::path> python();

/// The finetune program of this build.
std::filesystem::path program();

/// An empty folder of its own, removed at the end of the test.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// Writes `bytes` to `path`, creating parent folders.
void write_file(const std::filesystem::path& path, const std::string& bytes);
std::string read_file(const std::filesystem::path& path);

struct ProcessResult {
  int exit_code = 0;  ///< 128 + n when signal n ended it
  std::string out;
  std::string err;
};

/// Runs a shell command line with `input` on its stdin and waits for it.
ProcessResult run_shell(const std::string& command_line, const std::string& input = "");

/// `text` quoted for the shell.
std::string shell_quote(const std::string& text);

}  // namespace finetune::test
