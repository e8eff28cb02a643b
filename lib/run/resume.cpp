#include "run/resume.h"

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/log.h"
#include "base/strings.h"
#include "run/environment.h"

namespace finetune::run {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {
constexpr const char* kRecordName = "run.json";
}  // namespace

void check_run_folder(const fs::path& run_folder, ResumeMode mode) {
  if (mode != ResumeMode::kMust || fs::is_directory(run_folder)) return;
  throw CheckpointError(run_folder.string() +
                        ": --resume must found no checkpoint, since there is no such run folder");
}

std::optional<train::FoundCheckpoint> choose_checkpoint(const fs::path& run_folder,
                                                        ResumeMode mode) {
  auto found = train::find_newest_checkpoint(run_folder);
  if (found && mode == ResumeMode::kNever) {
    throw BusyError(base::cat(run_folder.string(), ": already holds checkpoint-", found->step,
                              "; give another output_dir, go on from it with --resume auto, or "
                              "remove the folder yourself"));
  }
  if (!found && mode == ResumeMode::kMust) {
    throw CheckpointError(run_folder.string() +
                          ": --resume must found no checkpoint that can be resumed from");
  }
  if (found) {
    base::log_info(base::cat("resuming from ", found->folder.string()));
  } else {
    base::log_info(base::cat("starting fresh in ", run_folder.string()));
  }
  return found;
}

void check_config_unchanged(const fs::path& run_folder, const RunConfig& now, bool is_forced) {
  const fs::path stored = run_folder / "config.json";
  if (!fs::exists(stored)) return;
  std::string unsafe;
  for (const ConfigDifference& difference : differences(read_run_config(stored), now)) {
    const std::string line =
        base::cat(difference.key, ": ", difference.old_text, " -> ", difference.new_text);
    if (difference.is_safe_at_resume) {
      base::log_info("changed since the run began: " + line);
    } else {
      unsafe += "\n  " + line;
    }
  }
  if (unsafe.empty()) return;
  if (!is_forced) {
    throw ConfigError(base::cat(
        "this is no longer the run that was begun in ", run_folder.string(), ":", unsafe,
        "\nundo the change, give another output_dir, or pass --force to go on all the same"));
  }
  base::log_warning("going on (--force) although the run is no longer the same:" + unsafe);
}

void check_architecture(const fs::path& checkpoint, const json& model_config) {
  const fs::path file = checkpoint / "config.json";
  const json saved = base::read_json_file(file);
  std::string different;
  for (const auto& [key, value] : model_config.items()) {
    const bool is_size = value.is_number_integer() && !key.ends_with("_id") && key != "num_labels";
    if ((!is_size && key != "model_type") || !saved.is_object() || !saved.contains(key)) continue;
    if (saved.at(key) != value) {
      different += base::cat("\n  ", key, ": ", base::dump_json(saved.at(key)), ", the model has ",
                             base::dump_json(value));
    }
  }
  if (different.empty()) return;
  throw CheckpointError(base::cat(file.string(),
                                  ": is of another architecture than the run's model", different,
                                  "\ngive another output_dir to start anew"));
}

RunRecord RunRecord::of(const data::PreparedData& data, int threads) {
  return {base::hex(data.train->fingerprint()),
          data.validation ? base::hex(data.validation->fingerprint()) : "", threads,
          run::torch_version()};
}

void write_run_record(base::Fs& files, const fs::path& folder, const RunRecord& record) {
  const json object = {{"train_data", record.train_data},
                       {"validation_data", record.validation_data},
                       {"threads", record.threads},
                       {"torch_version", record.torch_version}};
  base::write_file_synced(files, folder / kRecordName, base::dump_json(object, 2) + "\n");
}

void check_run_record(const fs::path& checkpoint, const RunRecord& now, bool allows_data_change) {
  const json then = base::read_json_file(checkpoint / kRecordName);
  const auto text_of = [&](const char* key) {
    return then.value(key, json("")).is_string() ? then.value(key, "") : "";
  };
  if (text_of("train_data") != now.train_data ||
      text_of("validation_data") != now.validation_data) {
    const std::string what =
        base::cat("the data has changed since ", checkpoint.string(), " was saved");
    if (!allows_data_change) {
      throw DataError(
          what +
          "; restore it, start a new run in another output_dir, or pass --allow-data-change");
    }
    base::log_warning(what + "; going on (--allow-data-change)");
  }
  if (then.value("threads", json()) != now.threads ||
      text_of("torch_version") != now.torch_version) {
    base::log_warning(base::cat(
        "the checkpoint was written with another number of threads or version of LibTorch (now ",
        now.threads, " threads, ", now.torch_version,
        "): the run goes on correctly, but its last bits may differ from an uninterrupted one"));
  }
}

}  // namespace finetune::run
