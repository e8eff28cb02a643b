#pragma once

#include <filesystem>

#include "base/files.h"
#include "text/tokenizer_writer.h"

namespace finetune::text {

/// Throws BusyError when `folder` holds something already, unless `overwrites` and it is a
/// tokenizer folder without a model.
void check_tokenizer_folder(const std::filesystem::path& folder, bool overwrites);

/// Writes a folder so that it appears whole or not at all. Throws as check_tokenizer_folder,
/// and IoError.
void write_tokenizer_folder(base::Fs& fs, const std::filesystem::path& folder,
                            const TokenizerFiles& files, bool overwrites);

}  // namespace finetune::text
