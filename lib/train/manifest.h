#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "base/files.h"

namespace finetune::train {

/// What a checkpoint folder must hold: written last, so a folder with a valid manifest is complete.
struct Manifest {
  struct Entry {
    uint64_t bytes = 0;
    uint64_t hash = 0;  ///< XXH3-64 over blocks of 1 MiB, each seeded with the hash of those before
  };
  int64_t step = 0;
  std::map<std::string, Entry> files;  ///< by path within the folder, "/" between its parts
};

inline constexpr const char* kManifestName = "manifest.json";

std::string to_json_text(const Manifest& manifest);

/// Reads `folder`/manifest.json and checks every listed file's size and content. Throws
/// CheckpointError naming the first file that is missing, of the wrong size or damaged.
Manifest verify_manifest(const std::filesystem::path& folder);

/// An Fs that passes everything on to `inner` and notes size and hash of each file created through
/// it in `folder` or below.
class RecordingFs final : public base::Fs {
 public:
  RecordingFs(base::Fs& inner, std::filesystem::path folder)
      : inner_(inner), folder_(std::move(folder)) {}

  /// Entries of the files closed so far, as a manifest of the folder has them.
  const std::map<std::string, Manifest::Entry>& files() const { return files_; }

  std::unique_ptr<base::OutputFile> create(const std::filesystem::path& path) override;
  void make_directory(const std::filesystem::path& path) override { inner_.make_directory(path); }
  void rename(const std::filesystem::path& from, const std::filesystem::path& to) override {
    inner_.rename(from, to);
  }
  void exchange(const std::filesystem::path& a, const std::filesystem::path& b) override {
    inner_.exchange(a, b);
  }
  void remove_file(const std::filesystem::path& path) override { inner_.remove_file(path); }
  void remove_tree(const std::filesystem::path& path) override { inner_.remove_tree(path); }
  void symlink(const std::filesystem::path& target, const std::filesystem::path& link) override {
    inner_.symlink(target, link);
  }
  void sync_directory(const std::filesystem::path& path) override { inner_.sync_directory(path); }
  std::vector<std::string> list(const std::filesystem::path& path) override {
    return inner_.list(path);
  }
  bool exists(const std::filesystem::path& path) override { return inner_.exists(path); }
  std::string read(const std::filesystem::path& path) override { return inner_.read(path); }
  uint64_t free_bytes(const std::filesystem::path& path) override {
    return inner_.free_bytes(path);
  }

 private:
  base::Fs& inner_;
  std::filesystem::path folder_;
  std::map<std::string, Manifest::Entry> files_;
};

}  // namespace finetune::train
