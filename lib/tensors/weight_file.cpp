#include "tensors/weight_file.h"

#include "base/error.h"
#include "base/files.h"
#include "base/strings.h"

namespace finetune::tensors {
namespace {

std::shared_ptr<const base::MappedFile> map_file(const std::filesystem::path& file) {
  try {
    return std::make_shared<const base::MappedFile>(file);
  } catch (const IoError& error) {
    throw CheckpointError(error.chain().back());
  }
}

}  // namespace

WeightFile open_weight_file(const std::filesystem::path& file) {
  const auto mapped = map_file(file);
  if (mapped->bytes().empty()) throw CheckpointError("the file is empty: download it again");
  if (mapped->text().starts_with("version https://git-lfs")) {
    throw CheckpointError(
        "this is a Git LFS pointer, not the weights: run 'git lfs pull' in the folder it came "
        "from");
  }
  return {file.string(), mapped->bytes(), mapped};
}

}  // namespace finetune::tensors
