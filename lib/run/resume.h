#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "base/files.h"
#include "data/prepare.h"
#include "run/run_config.h"
#include "train/checkpoint_store.h"

namespace finetune::run {

enum class ResumeMode { kAuto, kMust, kNever };

/// Before anything is made: throws CheckpointError where kMust meets no run folder at all, and
/// ConfigError where the folder's config.json is not of a run (it may be the config that is being
/// read, or a model's): a run would replace it.
void check_run_folder(const std::filesystem::path& run_folder, ResumeMode mode);

/// Makes the run folder before anything slow begins. Throws IoError.
void make_run_folder(const std::filesystem::path& folder);

/// The checkpoint that a run goes on from, or nothing for a fresh start (which is logged).
/// Throws CheckpointError when kMust finds none, BusyError when kNever finds one.
std::optional<train::FoundCheckpoint> choose_checkpoint(const std::filesystem::path& run_folder,
                                                        ResumeMode mode);

/// Keeps the resolved config in a checkpoint, as run_config.json. (config.json of the run folder is
/// that of the latest start, which may have saved nothing.)
void write_run_config(base::Fs& fs, const std::filesystem::path& checkpoint,
                      const RunConfig& config);

/// Compares the config that a checkpoint was trained by with the one given now. Every difference is
/// logged; those that would make it another run throw ConfigError unless `is_forced`: then the
/// answer is false. Throws CheckpointError where the checkpoint has no config that can be read.
bool check_config_unchanged(const std::filesystem::path& checkpoint, const RunConfig& now,
                            bool is_forced);

/// Throws CheckpointError where a checkpoint is of another architecture than the run's model:
/// another model_type, or another size.
void check_architecture(const std::filesystem::path& checkpoint,
                        const nlohmann::json& model_config);

/// What a run was made of, kept in every checkpoint as run.json: what must be the same for an exact
/// resume.
struct RunRecord {
  std::string train_data;       ///< fingerprint of the encoded training set
  std::string validation_data;  ///< "" without one
  int threads = 1;
  std::string torch_version;
  std::string test_data = {};  ///< "" without one; it changes results, not the run

  static RunRecord of(const data::PreparedData& data, int threads);
};

void write_run_record(base::Fs& fs, const std::filesystem::path& folder, const RunRecord& record);

/// Compares the record of a checkpoint with now: changed data to train or validate on throws
/// DataError, which names the files of `files`, unless `allows_data_change`. Another test set is a
/// warning, and so is a change of threads or LibTorch, which may change the last bits.
void check_run_record(const std::filesystem::path& checkpoint, const RunRecord& now,
                      const DataSection& files, bool allows_data_change);

}  // namespace finetune::run
