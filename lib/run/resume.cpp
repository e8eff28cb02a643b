#include "run/resume.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "base/error.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/log.h"
#include "base/strings.h"
#include "run/environment.h"
#include "run/model_folder.h"
#include "train/manifest.h"

namespace finetune::run {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {
constexpr const char* kRecordName = "run.json";
constexpr const char* kConfigName = "run_config.json";

/// Every run has written environment.json before its config.json. (Other tools have folders named
/// checkpoint-N too.)
bool holds_run(const fs::path& folder) {
  if (fs::exists(folder / kEnvironmentName)) return true;
  return std::ranges::any_of(fs::directory_iterator(folder), [](const fs::directory_entry& entry) {
    return train::checkpoint_step(entry.path()) && fs::exists(entry.path() / train::kManifestName);
  });
}

RunConfig read_checkpoint_config(const fs::path& checkpoint) {
  const fs::path file = checkpoint / kConfigName;
  if (!fs::exists(file)) {
    throw CheckpointError(file.string() +
                          ": is missing, so that nothing says what run this is a checkpoint of; "
                          "give another output_dir to start anew");
  }
  try {
    return read_run_config(file);
  } catch (const ConfigError& error) {
    throw CheckpointError(error.chain().front());
  }
}

}  // namespace

void check_run_folder(const fs::path& run_folder, ResumeMode mode) {
  const fs::path config = run_folder / "config.json";
  std::error_code error;  // a folder that cannot be looked into is not made either
  if (fs::exists(config, error) && !holds_run(run_folder)) {
    throw ConfigError(base::cat("output_dir: ", config.string(),
                                " is not of a run, and a run there would replace it; give another "
                                "output_dir, such as ",
                                base::quote((run_folder / "run").string(), 1000)));
  }
  if (mode != ResumeMode::kMust || fs::is_directory(run_folder)) return;
  throw CheckpointError(run_folder.string() +
                        ": --resume must found no checkpoint, since there is no such run folder");
}

void make_run_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (!fs::is_directory(folder)) {
    throw IoError(base::cat("output_dir ", folder.string(), " cannot be created: ",
                            error ? error.message() : "something else has that name"));
  }
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

void write_run_config(base::Fs& files, const fs::path& checkpoint, const RunConfig& config) {
  base::write_file_synced(files, checkpoint / kConfigName, render(config));
}

bool check_config_unchanged(const fs::path& checkpoint, const RunConfig& now, bool is_forced) {
  std::string unsafe;
  for (const ConfigDifference& difference : differences(read_checkpoint_config(checkpoint), now)) {
    const std::string line =
        base::cat(difference.key, ": ", difference.old_text, " -> ", difference.new_text);
    if (difference.is_safe_at_resume) {
      base::log_info(base::cat("changed since ", checkpoint.filename().string(), ": ", line));
    } else {
      unsafe += "\n  " + line;
    }
  }
  if (unsafe.empty()) return true;
  if (!is_forced) {
    throw ConfigError(base::cat(
        "this is no longer the run that saved ", checkpoint.string(), ":", unsafe,
        "\nundo the change, give another output_dir, or pass --force to go on all the same"));
  }
  base::log_warning("going on (--force) although the run is no longer the same:" + unsafe);
  return false;
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
          run::torch_version(), data.test ? base::hex(data.test->fingerprint()) : ""};
}

void write_run_record(base::Fs& files, const fs::path& folder, const RunRecord& record) {
  const json object = {{"train_data", record.train_data},
                       {"validation_data", record.validation_data},
                       {"test_data", record.test_data},
                       {"threads", record.threads},
                       {"torch_version", record.torch_version}};
  base::write_file_synced(files, folder / kRecordName, base::dump_json(object, 2) + "\n");
}

namespace {

std::string string_at(const json& record, const char* key) {
  return record.value(key, json("")).is_string() ? record.value(key, "") : "";
}

/// "the training data (train.en, train.de)"
std::string data_name(const char* split, const config::DataFile& files) {
  const std::string both =
      base::cat(files.file.string(), files.target.empty() ? "" : ", ", files.target.string());
  return base::cat("the ", split, " data", both.empty() ? "" : base::cat(" (", both, ")"));
}

/// What a run learns from and is steered by that is no longer what it was.
std::vector<std::string> changed_data(const json& then, const RunRecord& now,
                                      const DataSection& files) {
  std::vector<std::string> changed;
  if (string_at(then, "train_data") != now.train_data)
    changed.push_back(data_name("training", files.train));
  const config::FileOrPercent validation = files.validation.value_or(config::FileOrPercent{});
  if (string_at(then, "validation_data") != now.validation_data)
    changed.push_back(data_name("validation", {validation.file, validation.target}));
  return changed;
}

}  // namespace

void check_run_record(const fs::path& checkpoint, const RunRecord& now, const DataSection& files,
                      bool allows_data_change) {
  const json then = base::read_json_file(checkpoint / kRecordName);
  const std::string since = base::cat(" changed since ", checkpoint.string(), " was saved");
  if (const auto changed = changed_data(then, now, files); !changed.empty()) {
    const std::string what =
        base::join(changed, " and ") + (changed.size() == 1 ? " has" : " have") + since;
    if (!allows_data_change) {
      throw DataError(
          what +
          "; restore it, start a new run in another output_dir, or pass --allow-data-change");
    }
    base::log_warning(what + "; going on (--allow-data-change)");
  }
  const std::string test_then = string_at(then, "test_data");
  if (!test_then.empty() && !now.test_data.empty() && test_then != now.test_data) {
    base::log_warning(base::cat(data_name("test", files.test.value_or(config::DataFile{})), " has",
                                since, ": results are of the new rows"));
  }
  if (then.value("threads", json()) != now.threads ||
      string_at(then, "torch_version") != now.torch_version) {
    base::log_warning(base::cat(
        "the checkpoint was written with another number of threads or version of LibTorch (now ",
        now.threads, " threads, ", now.torch_version,
        "): the run goes on correctly, but its last bits may differ from an uninterrupted one"));
  }
}

}  // namespace finetune::run
