#pragma once

#include <filesystem>
#include <functional>

namespace finetune::base {

class Fs;

/// A folder and those above it that are not there yet, each durable. Throws IoError.
void make_directories(Fs& fs, const std::filesystem::path& folder);

/// Makes `target` (an absolute path) the folder that `fill` writes into the one it is given: whole
/// or not at all, and what was there before stays until then, also when the process or the machine
/// dies. `fill` syncs its files. The work is done in ".NAME.tmp.PID" beside the target, and such
/// folders of processes that are no more are removed first. Throws IoError and what `fill` throws;
/// then the target is as it was.
void write_folder_durably(Fs& fs, const std::filesystem::path& target,
                          const std::function<void(const std::filesystem::path& folder)>& fill);

}  // namespace finetune::base
