#include "base/processors.h"

#include <sched.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "base/strings.h"

namespace finetune::base {
namespace {

namespace fs = std::filesystem;

/// The words of a small kernel file; none where it cannot be read.
std::vector<std::string> words(const fs::path& file) {
  std::ifstream in(file);
  std::vector<std::string> out;
  for (std::string word; in >> word;) out.push_back(word);
  return out;
}

std::optional<double> ratio(const std::string& quota, const std::string& period) {
  const std::optional<double> q = parse_double(quota), p = parse_double(period);
  if (!q || !p || *q <= 0 || *p <= 0) return std::nullopt;  // "max" or -1: no limit
  return *q / *p;
}

std::optional<double> quota_v2(const fs::path& group) {
  const auto limit = words(group / "cpu.max");
  return limit.size() == 2 ? ratio(limit[0], limit[1]) : std::nullopt;
}

std::optional<double> quota_v1(const fs::path& group) {
  const auto quota = words(group / "cpu.cfs_quota_us");
  const auto period = words(group / "cpu.cfs_period_us");
  return quota.size() == 1 && period.size() == 1 ? ratio(quota[0], period[0]) : std::nullopt;
}

/// The smallest quota from `path` up to the root of the hierarchy. In a container the path is often
/// the host's and absent here: then only the root counts.
template <class Quota>
std::optional<double> smallest(const fs::path& hierarchy, fs::path path, const Quota& quota_of) {
  std::optional<double> best;
  for (path = path.relative_path();; path = path.parent_path()) {
    const std::optional<double> quota = quota_of(hierarchy / path);
    if (quota) best = std::min(*quota, best.value_or(*quota));
    if (path.empty()) return best;
  }
}

bool has_cpu_controller(const std::string& controllers) {
  const auto names = split(controllers, ',');
  return std::find(names.begin(), names.end(), "cpu") != names.end();
}

/// Processors of the affinity mask, whatever the size of the machine.
int affinity_processors() {
  for (int capacity = 1024; capacity <= 1 << 20; capacity *= 2) {
    cpu_set_t* set = CPU_ALLOC(static_cast<size_t>(capacity));
    const size_t size = CPU_ALLOC_SIZE(static_cast<size_t>(capacity));
    const bool fits = set != nullptr && sched_getaffinity(0, size, set) == 0;
    const int count = fits ? CPU_COUNT_S(size, set) : 0;
    CPU_FREE(set);
    if (fits) return count;
  }
  return 1;
}

}  // namespace

std::optional<int> cgroup_processors(const fs::path& root) {
  std::ifstream groups(root / "proc/self/cgroup");
  std::optional<double> best;
  for (std::string line; std::getline(groups, line);) {  // "0::/path" or "4:cpu,cpuacct:/path"
    const auto fields = split(line, ':');
    if (fields.size() < 3) continue;
    const fs::path path = line.substr(fields[0].size() + fields[1].size() + 2);
    std::optional<double> quota;
    if (fields[1].empty()) quota = smallest(root / "sys/fs/cgroup", path, quota_v2);
    if (has_cpu_controller(fields[1])) quota = smallest(root / "sys/fs/cgroup/cpu", path, quota_v1);
    if (quota) best = std::min(*quota, best.value_or(*quota));
  }
  if (!best) return std::nullopt;
  return static_cast<int>(std::ceil(std::min(*best, 1e6)));
}

int available_processors() {
  const int allowed = affinity_processors();
  return std::max(1, std::min(allowed, cgroup_processors("/").value_or(allowed)));
}

}  // namespace finetune::base
