#include "run/environment.h"

#include <ATen/Version.h>
#include <torch/headeronly/version.h>

#include <fstream>
#include <vector>

#include "base/hash.h"
#include "base/process_info.h"
#include "base/strings.h"

namespace finetune::run {

namespace {

#ifdef FINETUNE_CUDA
constexpr bool kHasCuda = true;
#else
constexpr bool kHasCuda = false;
#endif

/// The value of the first line of a /proc file that begins with `key`.
std::string cpuinfo(std::string_view key) {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with(key)) continue;
    const size_t colon = line.find(':');
    return colon == std::string::npos
               ? ""
               : std::string(base::trim(std::string_view(line).substr(colon + 1)));
  }
  return "";
}

std::string instruction_sets() {
  const std::string flags = " " + cpuinfo("flags") + " ";
  std::vector<std::string> found;
  for (const char* name : {"avx2", "fma", "avx512f", "avx512_bf16", "amx_bf16"}) {
    if (flags.find(base::cat(" ", name, " ")) != std::string::npos) found.emplace_back(name);
  }
  return base::cat("of the processor: ", base::join(found, " "),
                   "; used by LibTorch: ", at::get_cpu_capability());
}

}  // namespace

std::string version_text() {
  const std::string commit = FINETUNE_GIT_COMMIT;
  return commit.empty() ? FINETUNE_VERSION : base::cat(FINETUNE_VERSION, " (", commit, ")");
}

std::string program_text() {
  return base::cat("finetune ", version_text(), ", LibTorch ", torch_version(), ", ",
                   kHasCuda ? "built with CUDA" : "built without CUDA", ", instruction sets ",
                   instruction_sets());
}

std::string torch_version() {
  return base::cat(TORCH_VERSION_MAJOR, ".", TORCH_VERSION_MINOR, ".", TORCH_VERSION_PATCH);
}

report::Environment describe_environment(const data::PreparedData& data, int num_threads) {
  report::Environment environment;
  environment.version = FINETUNE_VERSION;
  environment.git_commit = FINETUNE_GIT_COMMIT;
  environment.libtorch_version = torch_version();
  environment.compiler = base::cat("g++ ", __VERSION__);
  environment.cpu = cpuinfo("model name");
  environment.instruction_sets = instruction_sets();
  environment.num_threads = num_threads;
  environment.precision = "fp32";
  environment.command = base::command_line();
  environment.host = base::host_name();
  environment.started_at = base::utc_now();
  for (const auto& [split, file] : data.files) {
    environment.fingerprints[split + " file"] =
        base::cat(file.bytes, " bytes, head and tail ", base::hex(file.head_tail_hash));
  }
  environment.fingerprints["encoded train"] = base::hex(data.train->fingerprint());
  environment.labels = data.labels.names();
  return environment;
}

}  // namespace finetune::run
