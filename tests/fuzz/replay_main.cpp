// Runs a fuzz target over a folder of inputs without a fuzzer: each as it is and, to go a little
// further than what is written down, cut short at a number of places.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

void run(std::string_view bytes) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
}

}  // namespace

int main(int argc, char** argv) {
  constexpr size_t kCuts = 4;
  if (argc != 2) return 2;
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(argv[1])) {
    files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  for (const auto& file : files) {
    std::ifstream in(file, std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    std::cerr << file.filename().string() << std::endl;  // the last line names what failed
    for (size_t i = 1; i <= kCuts; ++i)
      run(std::string_view(bytes).substr(0, bytes.size() * i / kCuts));
  }
  std::cout << files.size() << " inputs\n";
  return files.empty() ? 1 : 0;
}
