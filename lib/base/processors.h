#pragma once

#include <filesystem>
#include <optional>

namespace finetune::base {

/// Number of processors this process may run on (affinity mask and cgroup quota), at least 1.
int available_processors();

/// The processor quota of this process's cgroup and all above it (version 2 `cpu.max` or version 1
/// `cpu.cfs_quota_us`), rounded up; nothing where there is none. `root` is "/" except in tests.
std::optional<int> cgroup_processors(const std::filesystem::path& root);

}  // namespace finetune::base
