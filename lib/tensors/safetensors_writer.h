#pragma once

#include <filesystem>
#include <string>

#include "base/files.h"
#include "tensors/named_tensors.h"

namespace finetune::tensors {

/// Writes contiguous `tensors` in the canonical layout of the reference implementation (metadata
/// {"format": "pt"} first, larger alignments first, then by name; header padded to 8 bytes) into a
/// new file, synced and closed. The caller makes the file visible (checkpoints are renamed as whole
/// folders). Throws IoError.
void write_safetensors(base::Fs& fs, const std::filesystem::path& file,
                       const NamedTensors& tensors);

}  // namespace finetune::tensors
