#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <exception>
#include <filesystem>
#include <iostream>
#include <new>
#include <string>
#include <vector>

#include "base/error.h"
#include "command_line.h"
#include "terminal_text.h"

namespace {

using finetune::ExitCode;

constexpr const char* kMemoryAdvice =
    "error: out of memory\n  because: the machine has less than this needs; lower "
    "training.batch_size or data.max_length "
    "(training.gradient_accumulation_steps keeps the effective batch)";

int fail(const std::string& report, ExitCode code) {
  std::cerr << finetune::apps::terminal_text(report) << std::endl;
  return static_cast<int>(code);
}

/// Where the caller closed a standard stream, its number would go to the next file opened, and log
/// lines would end up in that file. /dev/null takes the place; writing to it as output fails.
void open_missing_streams() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(stream, F_GETFD) >= 0) continue;
    if (open("/dev/null", stream == STDERR_FILENO ? O_WRONLY : O_RDONLY) < 0) _exit(127);
  }
}

int run(const std::vector<std::string>& arguments) {
  const int exit_code = finetune::apps::run_command_line(arguments);
  std::cout.flush();
  if (!std::cout && exit_code == 0)
    throw finetune::IoError("writing to standard output failed; the results were not printed");
  return exit_code;
}

}  // namespace

int main(int argc, char** argv) {
  open_missing_streams();
  signal(SIGXFSZ,
         SIG_IGN);  // a file-size limit then shows as an error of write(), which names the file
  try {
    return run(std::vector<std::string>(argv + 1, argv + argc));
  } catch (const finetune::Error& error) {
    return fail(error.report(), error.exit_code());
  } catch (
      const std::filesystem::filesystem_error& error) {  // a name too long, no permission to look
    return fail("error: " + error.path1().string() + ": " + error.code().message(), ExitCode::kIo);
  } catch (const std::bad_alloc&) {
    return fail(kMemoryAdvice, ExitCode::kMemory);
  } catch (const std::exception& error) {
    const std::string what = error.what();
    if (what.find("can't allocate memory") != std::string::npos)
      return fail(kMemoryAdvice, ExitCode::kMemory);
    return fail("error: internal error; please report it with the command line\n  because: " + what,
                ExitCode::kInternal);
  }
}
