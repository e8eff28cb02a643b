#include <algorithm>
#include <array>
#include <string>

#include "base/strings.h"
#include "support/crash_fs.h"

namespace finetune::test {

void for_each_crash(const std::function<void(CrashFs&)>& scenario,
                    const std::function<void(CrashFs&, const CrashPoint&)>& check) {
  constexpr uint64_t kNumMixtures = 4;
  constexpr std::array kNames = {"only synced", "everything", "names only", "torn data", "mixed"};
  bool has_ended = false;
  for (int64_t operation = 0; !has_ended; ++operation) {
    CrashFs::Plan plan;
    plan.crash_at = operation;
    CrashFs crashing(plan);
    try {
      scenario(crashing);
      has_ended = true;
    } catch (const CrashSignal&) {
    }
    const std::string last = has_ended ? "the end" : crashing.operations().back();
    for (uint64_t i = 0; i < kNames.size() - 1 + kNumMixtures; ++i) {
      const uint64_t kind = std::min<uint64_t>(i, kNames.size() - 1);
      const auto survivor = crashing.reboot(static_cast<Survival>(kind), i);
      check(*survivor, {operation, base::cat("power cut at operation ", operation, " (", last,
                                             "), survivors: ", kNames[kind], ", seed ", i)});
    }
  }
}

}  // namespace finetune::test
