#include <signal.h>

#include <exception>
#include <iostream>
#include <new>
#include <string>
#include <vector>

#include "base/error.h"
#include "command_line.h"

namespace {

using finetune::ExitCode;

constexpr const char* kMemoryAdvice =
    "error: out of memory\n  because: the machine has less than this needs; lower "
    "training.batch_size or data.max_length "
    "(training.gradient_accumulation_steps keeps the effective batch)";

int fail(const std::string& report, ExitCode code) {
  std::cerr << report << std::endl;
  return static_cast<int>(code);
}

}  // namespace

int main(int argc, char** argv) {
  signal(SIGXFSZ,
         SIG_IGN);  // a file-size limit then shows as an error of write(), which names the file
  try {
    return finetune::apps::run_command_line(std::vector<std::string>(argv + 1, argv + argc));
  } catch (const finetune::Error& error) {
    return fail(error.report(), error.exit_code());
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
