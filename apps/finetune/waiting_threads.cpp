#include <unistd.h>

#include <array>
#include <climits>
#include <cstddef>
#include <string_view>

// How long OpenMP's threads spin for the next piece of work before they sleep. Left alone they spin
// for about a millisecond, which beside other programs costs a run most of its speed: each spins
// away the time in which the thread that it waits for could run (docs/decisions/0074). libgomp
// reads this from the environment while it is loaded, so the program starts itself once more with
// it, before any library is initialised: a few milliseconds.
namespace {

bool is_named(std::string_view entry, std::string_view name) {
  return entry.starts_with(name) && entry.substr(name.size()).starts_with('=');
}

void bound_spinning(int /*count*/, char** arguments, char** environment) {
  static std::array<char*, 4096> bounded;  // nothing is initialised yet, the heap included
  static std::array<char, 32> entry{"GOMP_SPINCOUNT=1000"};
  size_t count = 0;
  for (; environment[count] != nullptr; ++count) {
    const std::string_view variable = environment[count];
    if (is_named(variable, "GOMP_SPINCOUNT") || is_named(variable, "OMP_WAIT_POLICY")) return;
    if (count + 2 >= bounded.size()) return;
    bounded[count] = environment[count];
  }
  bounded[count] = entry.data();
  std::array<char, PATH_MAX> program{};
  if (readlink("/proc/self/exe", program.data(), program.size() - 1) <= 0) return;
  execve(program.data(), arguments, bounded.data());  // where it fails the program goes on as it is
}

__attribute__((section(".preinit_array"),
               used)) void (*const kBeforeLibraries)(int, char**, char**) = bound_spinning;

}  // namespace
