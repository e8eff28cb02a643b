// The input is the manifest of a checkpoint folder, which holds two files; a copy of one lies
// outside. What is accepted names files of the folder by their sizes, and is the same manifest when
// it is written and read again.
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/strings.h"
#include "claims.h"
#include "scratch_folder.h"
#include "train/manifest.h"

using namespace finetune;
namespace fs = std::filesystem;

namespace {

constexpr const char* kFolder = "checkpoint-3";

fs::path make_folder() {
  const fs::path folder = fs::canonical(fuzz::scratch_folder()) / kFolder;
  fs::create_directories(folder / "target_tokenizer");
  for (const fs::path& state : {fs::path("state.json"), kFolder / fs::path("state.json")})
    fuzz::write_scratch(state.string(), "{\"step\": 3}\n");
  fuzz::write_scratch(base::cat(kFolder, "/target_tokenizer/vocab.txt"), "one\ntwo\n");
  return folder;
}

void write_manifest(std::string_view text) {
  fuzz::write_scratch(base::cat(kFolder, "/", train::kManifestName), text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const fs::path folder = make_folder();
  write_manifest({reinterpret_cast<const char*>(data), size});
  fuzz::accepts([&] {
    const train::Manifest manifest = train::verify_manifest(folder);
    for (const auto& [name, entry] : manifest.files) {
      const std::string place = fs::canonical(folder / name).string();
      fuzz::require(place.starts_with(folder.string() + "/"), "the file lies in the folder");
      fuzz::require(fs::file_size(place) == entry.bytes, "the file has the size");
    }
    const std::string text = train::to_json_text(manifest);
    write_manifest(text);
    fuzz::require(train::to_json_text(train::verify_manifest(folder)) == text,
                  "it is read as it was written");
  });
  return 0;
}
