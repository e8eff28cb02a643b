#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "data/data_report.h"
#include "data/dataset.h"
#include "data/example.h"
#include "data/label_map.h"
#include "data/read_options.h"
#include "text/tokenizer.h"

namespace finetune::data {

/// How examples become tokens, and where encoded data is kept.
struct EncodingOptions {
  int32_t max_length = 0;  ///< tokens of one example, specials included; pairs are cut longest
                           ///< first. 0: no limit (pass the model's maximum)
  int num_threads = 1;
  std::filesystem::path cache_folder{};  ///< empty: no cache. Created when missing; may be deleted
                                         ///< at any time; shared safely by runs at the same time
};

struct DataOptions {
  std::string train{};               ///< path, or "-" for standard input (at most one of the three)
  std::string validation{};          ///< empty: none
  std::string test{};                ///< empty: none
  double validation_fraction = 0.0;  ///< in (0, 1): split off the training set instead of a file
  uint64_t seed = 42;                ///< of that split
  ReadOptions read{};
  EncodingOptions encoding{};
  /// Label names in the order of their ids (an existing label2id); absent: learned from `train`.
  std::optional<std::vector<std::string>> label_names{};
};

/// What identifies a data file: recorded in environment.json. All zero for a stream.
struct FileFingerprint {
  uint64_t bytes = 0;
  int64_t modified_nanoseconds = 0;  ///< since 1970
  uint64_t head_tail_hash = 0;       ///< XXH3-64 of the first and the last MiB
};

/// Size, time and head/tail hash of a regular file; all zero for anything else. Throws DataError
/// when the file is missing or cannot be read.
FileFingerprint fingerprint_file(const std::string& path);

/// The data sets of a run. `EncodedDataset::fingerprint()` says whether a data set is still the
/// same: it is a hash of its tokens, labels and lines, so touching a file does not change it.
struct PreparedData {
  std::shared_ptr<const EncodedDataset> train{};
  std::shared_ptr<const EncodedDataset> validation{};  ///< null: none
  std::shared_ptr<const EncodedDataset> test{};        ///< null: none
  LabelMap labels;                                     ///< empty for regression
  DataReport report;
  std::map<std::string, FileFingerprint> files;  ///< by split
};

/// Reads, checks, encodes (or maps from the cache) all splits. Throws DataError naming file:line
/// (bad row, no row left, only one class), ConfigError (unknown ending, column number without
/// meaning), IoError.
PreparedData prepare_data(const DataOptions& options, const text::Tokenizer& tokenizer);

struct PreparedFile {
  std::shared_ptr<const EncodedDataset> dataset;
  SplitReport report;
};

/// One file for an existing label map (`evaluate --data`, `predict --data`). With
/// `read.label_column` empty, labels are neither needed nor read. `split` names the file in
/// reports.
struct FileOptions {
  std::string path{};  ///< "-": standard input
  std::string split = "data";
  ReadOptions read{};
  EncodingOptions encoding{};
};
PreparedFile prepare_file(const FileOptions& options, const LabelMap& labels,
                          const text::Tokenizer& tokenizer);

/// Encodes examples that are at hand (lines typed by a user), unlabelled; row i is examples[i].
/// Throws DataError when a text gives no token at all.
std::shared_ptr<const EncodedDataset> encode_examples(std::span<const Example> examples,
                                                      const EncodingOptions& options,
                                                      const text::Tokenizer& tokenizer);

/// Walks through the file once more and calls visit(row, example) for every row of `dataset`, in
/// order: encoded data does not keep the text. `dataset` comes from prepare_data (for a validation
/// set split off the training set, `path` is the training file) or prepare_file with the same
/// options. Throws DataError when the file is a stream or has changed.
void visit_examples(const std::string& path, const ReadOptions& options,
                    const EncodedDataset& dataset,
                    const std::function<void(int64_t row, const Example&)>& visit);

}  // namespace finetune::data
