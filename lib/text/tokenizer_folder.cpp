#include "text/tokenizer_folder.h"

#include "base/error.h"
#include "base/folder_writer.h"
#include "base/strings.h"

namespace finetune::text {

namespace {

namespace fs = std::filesystem;

/// A tokenizer folder and nothing more: neither a model nor a run.
bool is_plain_tokenizer_folder(const fs::path& folder) {
  return fs::exists(folder / "tokenizer.json") && !fs::exists(folder / "config.json") &&
         !fs::exists(folder / "model.safetensors");
}

void check_target(const fs::path& target, bool overwrites) {
  const bool is_taken =
      fs::exists(fs::symlink_status(target)) && !(fs::is_directory(target) && fs::is_empty(target));
  if (!is_taken) return;
  if (!overwrites) {
    throw BusyError(base::cat(
        target.string(),
        ": exists already; choose another folder, or pass --overwrite to replace a tokenizer"));
  }
  if (!is_plain_tokenizer_folder(target)) {
    throw BusyError(base::cat(target.string(),
                              ": is more than a tokenizer folder (tokenizer.json "
                              "without a model), so it is not replaced"));
  }
}

fs::path normal_path(const fs::path& folder) {
  fs::path target = fs::absolute(folder).lexically_normal();
  return target.has_filename() ? target : target.parent_path();  // "out/"
}

}  // namespace

void check_tokenizer_folder(const fs::path& folder, bool overwrites) {
  check_target(normal_path(folder), overwrites);
}

void write_tokenizer_folder(base::Fs& disk, const fs::path& folder, const TokenizerFiles& files,
                            bool overwrites) {
  const fs::path target = normal_path(folder);
  check_target(target, overwrites);
  base::write_folder_durably(disk, target, [&](const fs::path& staged) {
    for (const auto& [file, bytes] : files) base::write_file_synced(disk, staged / file, bytes);
  });
}

}  // namespace finetune::text
