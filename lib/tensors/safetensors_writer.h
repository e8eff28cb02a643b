#pragma once

#include <filesystem>

#include "base/files.h"
#include "tensors/named_tensors.h"

namespace finetune::tensors {

/// Writes `tensors` into a new file, synced and closed, byte for byte as the reference
/// implementation's `save_file(tensors, file, metadata={"format": "pt"})`: metadata first, then
/// larger alignments first, then by name; header padded to 8 bytes. Strided views are written
/// contiguously (row-major), and tensors that share bytes are written once each: leave out tied
/// copies. The caller makes the file visible (checkpoints are renamed as whole folders).
///
/// Throws: IoError; CheckpointError for a name that is not UTF-8 or is "__metadata__".
void write_safetensors(base::Fs& fs, const std::filesystem::path& file,
                       const NamedTensors& tensors);

}  // namespace finetune::tensors
