#include "scratch_folder.h"

#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <string>

namespace finetune::fuzz {

namespace fs = std::filesystem;

const fs::path& scratch_folder() {
  static const fs::path folder = [] {
    const fs::path memory = "/dev/shm";
    const fs::path base = fs::is_directory(memory) ? memory : fs::temp_directory_path();
    fs::path own = base / ("finetune-fuzz-" + std::to_string(getpid()));
    fs::create_directories(own);
    return own;
  }();
  static const bool is_registered = std::atexit([] { fs::remove_all(scratch_folder()); }) == 0;
  static_cast<void>(is_registered);
  return folder;
}

fs::path write_scratch(std::string_view name, std::string_view bytes) {
  fs::path file = scratch_folder() / name;
  std::ofstream(file, std::ios::binary)
      .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  return file;
}

void empty_scratch() {
  for (const auto& entry : fs::directory_iterator(scratch_folder())) fs::remove(entry.path());
}

}  // namespace finetune::fuzz
